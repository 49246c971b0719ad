package org.lamina.layers.activations;

import org.lamina.onednn.ElementFunction;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Activation functions from one array to another. DL4J's interface works in place: a layer that
 * keeps its input for the backward pass has to copy it first. Where oneDNN has the function, one
 * pass over memory does it.
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
            copy(f.getActivation(y, training), y);
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
            copy(f.backprop(dx, dy).getFirst(), dx); // which may write over the x that it is given
        }
    }

    private static void copy(INDArray from, INDArray to) {
        if (from != to) {
            to.assign(from);
        }
    }

    /** The function by oneDNN; null if it has none or DL4J's own class does it. */
    private static ElementFunction direct(IActivation f) {
        if (f instanceof ScaledActivation) {
            ScaledActivation scaled = (ScaledActivation) f;
            ElementFunction function = direct(scaled.function());
            return function == null ? null : function.times(scaled.gamma());
        }
        if (f instanceof Elu) {
            return ElementFunction.elu(((Elu) f).getAlpha());
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
