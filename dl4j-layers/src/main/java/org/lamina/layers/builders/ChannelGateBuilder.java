package org.lamina.layers.builders;

import org.lamina.spec.ChannelGateSpec;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;

/**
 * Options of all layers that scale each channel by its own factor.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
abstract class ChannelGateBuilder<T extends ChannelGateBuilder<T, S>, S extends ChannelGateSpec>
        extends ChannelwiseBuilder<T, S> {

    IActivation gate = new ActivationSigmoid();
    double scale = 1;

    /** Activation function that produces the factors. Default sigmoid. */
    public T gate(IActivation value) {
        this.gate = value;
        return self();
    }

    /** Activation function that produces the factors. Default sigmoid. */
    public T gate(Activation value) {
        return gate(value == null ? (IActivation) null : value.getActivationFunction());
    }

    /** Constant by which the factors are multiplied, finite and not 0. Default 1. */
    public T scale(double value) {
        this.scale = value;
        return self();
    }
}
