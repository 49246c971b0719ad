package org.lamina.spec;

import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;

/**
 * Builder methods for the factors of a {@link ChannelGateSpec}, shared by the builders of both
 * forms of a layer.
 *
 * @param <T> the builder's own type
 */
public interface ChannelGateOptions<T> {

    /** What is collected so far. */
    ChannelGateSpec.Builder<?> arguments();

    /** This builder. */
    T self();

    /** Activation function that gives the factors. Default sigmoid. */
    default T gate(IActivation value) {
        arguments().gate(value);
        return self();
    }

    /** Activation function that gives the factors. Default sigmoid. */
    default T gate(Activation value) {
        return gate(value == null ? (IActivation) null : value.getActivationFunction());
    }

    /** Multiplies the factors; a finite number other than 0. Default 1. */
    default T scale(double value) {
        arguments().scale(value);
        return self();
    }
}
