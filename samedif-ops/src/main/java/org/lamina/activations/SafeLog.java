package org.lamina.activations;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Natural logarithm of an argument clamped to an interval, {@code log(min(max(x, eps), max))}. Its
 * derivative is {@code 1 / x} from eps to max and 0 elsewhere.
 *
 * <p>{@code getActivation} overwrites its argument, as DL4J requires; {@code backprop} leaves both
 * of its arguments unchanged.
 *
 * <p>Source: Schirrmeister et al., https://arxiv.org/abs/1703.05051; braindecode's {@code
 * safe_log}, which has no upper limit; EEGNet's authors limit the argument of their
 * ShallowConvNet's logarithm to 1e-7 and 10,000, https://github.com/vlawhern/arl-eegmodels.
 */
public final class SafeLog extends BaseActivationFunction {

    private final double eps;
    private final double max;

    /** With eps 1e-6 and no upper limit. */
    public SafeLog() {
        this(1e-6);
    }

    /**
     * Without an upper limit.
     *
     * @param eps smallest argument of the logarithm, a finite number above 0
     */
    public SafeLog(double eps) {
        this(eps, null);
    }

    /**
     * The function.
     *
     * @param eps smallest argument of the logarithm, a finite number above 0
     * @param max largest argument of the logarithm, above eps; null or infinite for no limit
     */
    @JsonCreator
    public SafeLog(@JsonProperty("eps") double eps, @JsonProperty("max") Double max) {
        if (!(eps > 0) || Double.isInfinite(eps)) {
            throw new IllegalArgumentException(
                    "SafeLog: eps = " + eps + "; must be a finite number above 0");
        }
        this.eps = eps;
        this.max = max == null ? Double.POSITIVE_INFINITY : max;
        if (!(this.max > eps)) {
            throw new IllegalArgumentException(
                    "SafeLog: max = " + max + "; must be above eps = " + eps);
        }
    }

    /** Smallest argument of the logarithm. */
    public double eps() {
        return eps;
    }

    /** Largest argument of the logarithm; infinite if there is no limit. */
    public double max() {
        return max;
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        INDArray log = Transforms.log(Clamp.atLeast(in, eps, in), false);
        return isLimited() ? Clamp.atMost(log, Math.log(max), log) : log;
    }

    private boolean isLimited() {
        return max < Double.POSITIVE_INFINITY;
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        assertShape(in, epsilon);
        INDArray inside = in.gte(eps).castTo(in.dataType());
        if (isLimited()) {
            inside.muli(in.lte(max).castTo(in.dataType()));
        }
        return new Pair<>(epsilon.div(Clamp.atLeast(in, eps, in.ulike())).muli(inside), null);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof SafeLog && eps == ((SafeLog) o).eps && max == ((SafeLog) o).max;
    }

    @Override
    public int hashCode() {
        return Double.hashCode(eps) + 31 * Double.hashCode(max);
    }

    @Override
    public String toString() {
        return "safelog(eps=" + eps + (isLimited() ? ", max=" + max : "") + ")";
    }
}
