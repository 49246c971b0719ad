package org.lamina.activations;

import org.lamina.onednn.ElementFunction;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.clip.ClipByValue;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The tanh approximation of the Gaussian error linear unit.
 *
 * <pre>
 * y = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) = x * sigmoid(x * (a + b * x^2))
 * </pre>
 *
 * <p>with {@code a = sqrt(8 / pi)} and {@code b = 0.044715 * a}. It differs from {@link Gelu} by up
 * to 5e-4.
 *
 * <p>{@code getActivation} overwrites its argument, as DL4J requires; {@code backprop} leaves both
 * of its arguments unchanged.
 *
 * <p>Source: Hendrycks and Gimpel, https://arxiv.org/abs/1606.08415; {@code
 * torch.nn.GELU(approximate="tanh")}, timm's {@code gelu_tanh}.
 *
 * <p>Differs from DL4J's ActivationGELU, which is {@code x * sigmoid(1.702 x)} or, if set to
 * precise, has {@code (0.044715 * x)^3} in place of {@code 0.044715 * x^3} (0.83145 at 1 instead of
 * 0.84119), with a gradient that matches neither.
 */
public final class GeluTanh extends BaseActivationFunction {

    /** {@code sqrt(8 / pi)}. */
    public static final double LINEAR = Math.sqrt(8 / Math.PI);

    /** {@code 0.044715 * sqrt(8 / pi)}. */
    public static final double CUBIC = 0.044715 * LINEAR;

    /**
     * From here on the sigmoid is exactly 0 or 1, in double too. Its slope is not computed at
     * larger inputs, where it would be 0 times infinity.
     */
    public static final double SATURATION = 30;

    /** oneDNN's version. */
    static ElementFunction direct() {
        return ElementFunction.geluTanh(SATURATION);
    }

    /** {@code sigmoid(x * (a + b * x^2))}. */
    private static INDArray gate(INDArray x) {
        INDArray argument = x.mul(x).muli(CUBIC).addi(LINEAR).muli(x);
        return Transforms.sigmoid(argument, false);
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        return direct().apply(in) ? in : in.muli(gate(in));
    }

    /** {@code s + x * s * (1 - s) * (a + 3 * b * x^2)} with s the sigmoid. */
    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        assertShape(in, epsilon);
        INDArray gradient = Nd4j.createUninitialized(in.dataType(), in.shape(), in.ordering());
        if (direct().backward(in, epsilon, gradient)) {
            return new Pair<>(gradient, null);
        }
        INDArray x = Nd4j.exec(new ClipByValue(in, -SATURATION, SATURATION))[0];
        INDArray gate = gate(x);
        INDArray slope = x.mul(x).muli(3 * CUBIC).addi(LINEAR).muli(x);
        slope.muli(gate.rsub(1)).addi(1).muli(gate);
        return new Pair<>(slope.muli(epsilon), null);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof GeluTanh;
    }

    @Override
    public int hashCode() {
        return GeluTanh.class.hashCode();
    }

    @Override
    public String toString() {
        return "gelu (tanh)";
    }
}
