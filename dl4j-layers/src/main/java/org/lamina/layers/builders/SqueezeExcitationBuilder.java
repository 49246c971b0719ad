package org.lamina.layers.builders;

import org.lamina.spec.SqueezeExcitationSpec;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;

/**
 * Options of squeeze and excitation.
 *
 * @param <T> the builder's own type
 */
public abstract class SqueezeExcitationBuilder<T extends SqueezeExcitationBuilder<T>>
        extends ChannelGateBuilder<T, SqueezeExcitationSpec, SqueezeExcitationSpec.Builder> {

    /** Creates a builder. */
    protected SqueezeExcitationBuilder() {
        super(SqueezeExcitationSpec.builder());
    }

    /**
     * Channels per hidden unit, 1 or greater: nIn / reduction hidden units, rounded down, at least
     * 1. Default 16.
     */
    public T reduction(int value) {
        spec.reduction(value);
        return self();
    }

    /** Number of hidden units, 1 or greater, instead of a reduction. */
    public T hidden(long value) {
        spec.hidden(value);
        return self();
    }

    /** Whether both fully connected layers have biases. Default true. */
    public T hasBias(boolean value) {
        spec.bias(value);
        return self();
    }

    /** Activation function of the hidden units. Default ReLU. */
    public T innerActivation(IActivation value) {
        spec.innerActivation(value);
        return self();
    }

    /** Activation function of the hidden units. Default ReLU. */
    public T innerActivation(Activation value) {
        return innerActivation(value == null ? (IActivation) null : value.getActivationFunction());
    }

    @Override
    protected SqueezeExcitationSpec spec() {
        return spec.build(channels());
    }
}
