package org.lamina.activations;

import java.util.Objects;
import org.lamina.onednn.ElementFunction;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Swish, {@code x * sigmoid(beta * x)}; with beta 1 also known as SiLU. The layer {@code
 * org.lamina.layers.SwishLayer} can learn beta.
 *
 * <p>{@code getActivation} overwrites its argument, as DL4J requires; {@code backprop} leaves both
 * of its arguments unchanged.
 *
 * <p>Source: Ramachandran, Zoph and Le, https://arxiv.org/abs/1710.05941; Elfwing, Uchibe and Doya,
 * https://arxiv.org/abs/1702.03118; {@code torch.nn.SiLU}.
 *
 * <p>Differs from DL4J's ActivationSwish in beta and in the gradient, which is finite where DL4J's
 * is NaN because {@code exp(x)} is infinite (x above 88 in float).
 */
public final class Swish extends BaseActivationFunction {

    private static final long serialVersionUID = 1L;

    private final double beta;

    /** SiLU: beta is 1. */
    public Swish() {
        this(1.0);
    }

    /**
     * The function.
     *
     * @param beta slope of the gate, a finite number
     */
    public Swish(double beta) {
        if (!Double.isFinite(beta)) {
            throw new IllegalArgumentException("Swish: beta = " + beta + "; must be finite");
        }
        this.beta = beta;
    }

    @JsonCreator
    static Swish fromJson(@JsonProperty("beta") Double beta) {
        return beta == null ? new Swish() : new Swish(beta);
    }

    /** Slope of the gate. */
    public double beta() {
        return beta;
    }

    private INDArray gate(INDArray x) {
        INDArray gate = x.dup();
        if (beta != 1) {
            gate.muli(beta);
        }
        return Transforms.sigmoid(gate, false);
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        return ElementFunction.swish(beta).apply(in) ? in : in.muli(gate(in));
    }

    /** {@code s * (1 + beta * x * (1 - s))} with {@code s = sigmoid(beta * x)}. */
    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        assertShape(in, epsilon);
        INDArray gradient = Nd4j.createUninitialized(in.dataType(), in.shape(), in.ordering());
        if (ElementFunction.swish(beta).backward(in, epsilon, gradient)) {
            return new Pair<>(gradient, null);
        }
        INDArray gate = gate(in);
        INDArray slope = gate.rsub(1).muli(in);
        if (beta != 1) {
            slope.muli(beta);
        }
        return new Pair<>(slope.addi(1).muli(gate).muli(epsilon), null);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Swish && beta == ((Swish) o).beta;
    }

    @Override
    public int hashCode() {
        return Objects.hash(beta);
    }

    @Override
    public String toString() {
        return "swish(beta=" + beta + ")";
    }
}
