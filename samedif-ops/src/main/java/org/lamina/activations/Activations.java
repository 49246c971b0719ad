package org.lamina.activations;

import org.lamina.onednn.ElementFunction;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Out-of-place activation functions. DL4J's interface works in place: a layer that keeps its input
 * for the backward pass has to copy it first. Functions that oneDNN supports take one pass over
 * memory.
 *
 * <p>NaN in the input gives NaN in the output for every function.
 */
public final class Activations {

    private Activations() {}

    /**
     * Writes f(x) to y.
     *
     * @param y of x's shape; may be x
     */
    public static void apply(IActivation f, INDArray x, INDArray y, boolean training) {
        ElementFunction direct = direct(f);
        if (direct == null || !direct.apply(x, y)) {
            copy(x, y);
            copy(activation(f, y, training), y);
        }
    }

    /**
     * Writes the gradient of the input.
     *
     * @param x input of the forward pass
     * @param dy gradient of the output
     * @param dx receives f'(x) * dy; may be x, not dy
     */
    public static void gradient(IActivation f, INDArray x, INDArray dy, INDArray dx) {
        ElementFunction direct = direct(f);
        if (direct == null || !direct.backward(x, dy, dx)) {
            copy(x, dx);
            copy(backprop(f, dx, dy), dx); // backprop may overwrite its x
        }
    }

    /**
     * {@code getActivation} that preserves NaN, for which some of DL4J's functions return a bound.
     */
    static INDArray activation(IActivation f, INDArray x, boolean training) {
        if (f instanceof ActivationReLU6) {
            return Clamp.atMost(Clamp.atLeast(x, 0, x), 6, x);
        }
        if (f instanceof ActivationThresholdedReLU) {
            double threshold = ((ActivationThresholdedReLU) f).getTheta();
            INDArray above = Nd4j.getExecutioner().exec(new Step(x, x.ulike(), threshold));
            return Clamp.atLeast(x, threshold, x).muli(above);
        }
        if (f instanceof ActivationReLU && ((ActivationReLU) f).getMax() != null) {
            ActivationReLU relu = (ActivationReLU) f;
            ActivationReLU unbounded =
                    new ActivationReLU(null, relu.getThreshold(), relu.getNegativeSlope());
            return Clamp.atMost(unbounded.getActivation(x, training), relu.getMax(), x);
        }
        return f.getActivation(x, training);
    }

    /**
     * The gradient by {@code backprop}, but with the exact slope below 0: DL4J's ELU uses that of
     * alpha 1, its leaky ReLUs round it to float, and at 0 all use the slope above 0.
     */
    static INDArray backprop(IActivation f, INDArray x, INDArray dy) {
        if (f instanceof ActivationELU && !(f instanceof Elu)) {
            return new Elu(((ActivationELU) f).getAlpha()).backprop(x, dy).getFirst();
        }
        if (f instanceof ActivationLReLU) {
            return slopes(x, ((ActivationLReLU) f).getAlpha()).muli(dy);
        }
        if (f instanceof ActivationReLU && isLeaky((ActivationReLU) f)) {
            ActivationReLU relu = (ActivationReLU) f;
            INDArray slopes = slopes(x, relu.getNegativeSlope());
            if (relu.getMax() != null) {
                slopes.muli(x.lt(relu.getMax()).castTo(x.dataType()));
            }
            return slopes.muli(dy);
        }
        return f.backprop(x, dy).getFirst();
    }

    private static boolean isLeaky(ActivationReLU f) {
        return f.getNegativeSlope() != null && (f.getThreshold() == null || f.getThreshold() == 0);
    }

    /** 1 where x is above 0, otherwise the slope; a new array. */
    static INDArray slopes(INDArray x, double slope) {
        INDArray above = Nd4j.getExecutioner().exec(new Step(x, x.ulike(), 0));
        return above.rsub(1).muli(slope).addi(above);
    }

    private static void copy(INDArray from, INDArray to) {
        if (from != to) {
            to.assign(from);
        }
    }

    /** oneDNN's version of the function; null if there is none or DL4J's class is to be used. */
    public static ElementFunction direct(IActivation f) {
        if (f instanceof ScaledActivation) {
            ScaledActivation scaled = (ScaledActivation) f;
            ElementFunction function = direct(scaled.function());
            return function == null ? null : function.times(scaled.gamma());
        }
        if (f instanceof ActivationELU) {
            return ElementFunction.elu(((ActivationELU) f).getAlpha());
        }
        if (f instanceof Swish) {
            return ElementFunction.swish(((Swish) f).beta());
        }
        if (f instanceof Gelu) {
            return ElementFunction.gelu();
        }
        if (f instanceof GeluTanh) {
            return GeluTanh.direct();
        }
        return plain(f);
    }

    private static ElementFunction plain(IActivation f) {
        if (f.equals(new ActivationReLU())) {
            return ElementFunction.relu();
        }
        if (f instanceof ActivationSwish) {
            return ElementFunction.swish(1);
        }
        if (f instanceof ActivationTanH) {
            return ElementFunction.tanh();
        }
        return f instanceof ActivationSigmoid ? ElementFunction.sigmoid() : null;
    }
}
