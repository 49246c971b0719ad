package org.lamina.spec;

import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;

/**
 * Builder methods for squeeze and excitation, shared by the builders of both forms of the layer.
 *
 * @param <T> the builder's own type
 */
public interface SqueezeExcitationOptions<T> extends ChannelGateOptions<T> {

    @Override
    SqueezeExcitationSpec.Builder arguments();

    /**
     * Channels per hidden unit, 1 or greater: nIn / reduction hidden units, rounded down, at least
     * 1. Default 16.
     */
    default T reduction(int value) {
        arguments().reduction(value);
        return self();
    }

    /** Number of hidden units, 1 or greater, instead of a reduction. */
    default T hidden(long value) {
        arguments().hidden(value);
        return self();
    }

    /** Whether both fully connected layers have biases. Default true. */
    default T hasBias(boolean value) {
        arguments().bias(value);
        return self();
    }

    /** Activation function of the hidden units. Default ReLU. */
    default T innerActivation(IActivation value) {
        arguments().innerActivation(value);
        return self();
    }

    /** Activation function of the hidden units. Default ReLU. */
    default T innerActivation(Activation value) {
        return innerActivation(value == null ? (IActivation) null : value.getActivationFunction());
    }
}
