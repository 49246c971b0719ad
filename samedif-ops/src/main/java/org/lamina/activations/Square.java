package org.lamina.activations;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The square, {@code x * x}: the power of a signal, whose mean over a window and logarithm ({@link
 * SafeLog}) follow it in networks for EEG.
 *
 * <p>{@code getActivation} overwrites its argument, as DL4J requires; {@code backprop} leaves both
 * of its arguments unchanged.
 *
 * <p>Source: Schirrmeister et al., https://arxiv.org/abs/1703.05051.
 */
public final class Square extends BaseActivationFunction {

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        return in.muli(in);
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        assertShape(in, epsilon);
        return new Pair<>(in.mul(epsilon).muli(2), null);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Square;
    }

    @Override
    public int hashCode() {
        return Square.class.hashCode();
    }

    @Override
    public String toString() {
        return "square";
    }
}
