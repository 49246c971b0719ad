package org.lamina.layers.builders;

import org.lamina.spec.ChannelGateSpec;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;

/**
 * Options of all layers that scale each channel by its own factor.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 * @param <B> the spec's builder
 */
abstract class ChannelGateBuilder<
                T extends ChannelGateBuilder<T, S, B>,
                S extends ChannelGateSpec,
                B extends ChannelGateSpec.Builder<B>>
        extends ChannelwiseBuilder<T, S> {

    final B spec;

    ChannelGateBuilder(B spec) {
        this.spec = spec;
    }

    /** Activation function that produces the factors. Default sigmoid. */
    public T gate(IActivation value) {
        spec.gate(value);
        return self();
    }

    /** Activation function that produces the factors. Default sigmoid. */
    public T gate(Activation value) {
        return gate(value == null ? (IActivation) null : value.getActivationFunction());
    }

    /** Constant by which the factors are multiplied, finite and not 0. Default 1. */
    public T scale(double value) {
        spec.scale(value);
        return self();
    }
}
