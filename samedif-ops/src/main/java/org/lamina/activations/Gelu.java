package org.lamina.activations;

import org.lamina.onednn.ElementFunction;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Gaussian error linear unit, {@code x * P(Z <= x) = x / 2 * (1 + erf(x / sqrt(2)))} for a standard
 * normal Z.
 *
 * <p>{@code getActivation} overwrites its argument, as DL4J requires; {@code backprop} leaves both
 * of its arguments unchanged.
 *
 * <p>Source: Hendrycks and Gimpel, https://arxiv.org/abs/1606.08415; {@code torch.nn.GELU}.
 *
 * <p>Differs from DL4J's ActivationGELU, which approximates by {@code x * sigmoid(1.702 * x)}
 * (error up to 0.02) or, if set to precise, by a tanh whose cubic term is too small (error up to
 * 0.03, see {@link GeluTanh}).
 */
public final class Gelu extends BaseActivationFunction {

    /** {@code P(Z <= x)}. */
    private static INDArray probability(INDArray x) {
        INDArray scaled = x.mul(Math.sqrt(0.5));
        return Nd4j.exec(new Erf(scaled, scaled)).addi(1).muli(0.5);
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        return ElementFunction.gelu().apply(in) ? in : in.muli(probability(in));
    }

    /** {@code P(Z <= x) + x * density(x)}. */
    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        assertShape(in, epsilon);
        INDArray gradient = Nd4j.createUninitialized(in.dataType(), in.shape(), in.ordering());
        if (ElementFunction.gelu().backward(in, epsilon, gradient)) {
            return new Pair<>(gradient, null);
        }
        INDArray density = Transforms.exp(in.mul(in).muli(-0.5), false);
        density.muli(1 / Math.sqrt(2 * Math.PI));
        return new Pair<>(density.muli(in).addi(probability(in)).muli(epsilon), null);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Gelu;
    }

    @Override
    public int hashCode() {
        return Gelu.class.hashCode();
    }

    @Override
    public String toString() {
        return "gelu";
    }
}
