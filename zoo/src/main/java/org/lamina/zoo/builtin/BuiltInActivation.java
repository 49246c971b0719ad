package org.lamina.zoo.builtin;

import org.lamina.activations.Elu;
import org.lamina.activations.ScaledActivation;
import org.lamina.activations.Swish;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSwish;

/**
 * An activation function of ND4J's own, times a factor.
 *
 * @param function of ND4J
 * @param factor of its values
 */
record BuiltInActivation(IActivation function, double factor) {

    /**
     * The equivalent of a function.
     *
     * @param layer its name, for errors
     */
    static BuiltInActivation of(IActivation function, String layer) {
        if (function instanceof ScaledActivation scaled) {
            BuiltInActivation plain = of(scaled.function(), layer);
            return new BuiltInActivation(plain.function, plain.factor * scaled.gamma());
        }
        if (function instanceof Elu elu) {
            return new BuiltInActivation(new ActivationELU(elu.getAlpha()), 1);
        }
        if (function instanceof Swish swish && swish.beta() == 1) {
            return new BuiltInActivation(new ActivationSwish(), 1);
        }
        if (function == null || function.getClass().getName().startsWith("org.nd4j.")) {
            return new BuiltInActivation(function == null ? new ActivationIdentity() : function, 1);
        }
        throw new WeightsException(
                "%s: activation function %s; ND4J has none that computes the same",
                layer, function);
    }

    boolean identity() {
        return function instanceof ActivationIdentity;
    }
}
