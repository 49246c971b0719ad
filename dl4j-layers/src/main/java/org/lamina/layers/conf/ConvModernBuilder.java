package org.lamina.layers.conf;

import org.lamina.spec.ConvModernOptions;
import org.lamina.spec.ConvModernSpec;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * Base of the builders of convolutions with normalization, activation and scaling. Unless one is
 * given there is no further activation function: a global one of the network is not applied.
 *
 * @param <T> the builder's own type
 */
abstract class ConvModernBuilder<T extends ConvModernBuilder<T>>
        extends SpecLayer.Builder<T, ConvModernSpec> implements ConvModernOptions<T> {

    private final Arguments arguments;

    ConvModernBuilder(int rank, int... kernel) {
        arguments = new Arguments(rank, kernel);
        activation(new ActivationIdentity());
    }

    @Override
    public Arguments arguments() {
        return arguments;
    }

    @Override
    protected ConvModernSpec spec() {
        return arguments.build(getNIn(), getNOut());
    }
}
