package org.lamina.layers.builders;

import org.lamina.spec.NonlinearitySpec;

/**
 * Options of a layer that only applies its activation function.
 *
 * @param <T> the builder's own type
 */
public abstract class NonlinearityBuilder<T extends NonlinearityBuilder<T>>
        extends ChannelwiseBuilder<T, NonlinearitySpec> {

    @Override
    protected NonlinearitySpec spec() {
        return new NonlinearitySpec(channels());
    }
}
