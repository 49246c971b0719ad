package org.lamina.activations;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Natural logarithm of an argument clamped from below, {@code log(max(x, eps))}. Its derivative is
 * {@code 1 / x} for x of at least eps and 0 below.
 *
 * <p>{@code getActivation} overwrites its argument, as DL4J requires; {@code backprop} leaves both
 * of its arguments unchanged.
 *
 * <p>Source: Schirrmeister et al., https://arxiv.org/abs/1703.05051; braindecode's {@code
 * safe_log}.
 */
public final class SafeLog extends BaseActivationFunction {

    private final double eps;

    /** With eps 1e-6. */
    public SafeLog() {
        this(1e-6);
    }

    /**
     * The function.
     *
     * @param eps smallest argument of the logarithm, a finite number above 0
     */
    @JsonCreator
    public SafeLog(@JsonProperty("eps") double eps) {
        if (!(eps > 0) || Double.isInfinite(eps)) {
            throw new IllegalArgumentException(
                    "SafeLog: eps = " + eps + "; must be a finite number above 0");
        }
        this.eps = eps;
    }

    /** Smallest argument of the logarithm. */
    public double eps() {
        return eps;
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        return Transforms.log(Clamp.atLeast(in, eps, in), false);
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        assertShape(in, epsilon);
        INDArray above = in.gte(eps).castTo(in.dataType());
        return new Pair<>(epsilon.div(Clamp.atLeast(in, eps, in.ulike())).muli(above), null);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof SafeLog && eps == ((SafeLog) o).eps;
    }

    @Override
    public int hashCode() {
        return Double.hashCode(eps);
    }

    @Override
    public String toString() {
        return "safelog(eps=" + eps + ")";
    }
}
