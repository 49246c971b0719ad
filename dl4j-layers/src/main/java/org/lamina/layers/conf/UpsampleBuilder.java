package org.lamina.layers.conf;

import org.lamina.spec.UpsampleOptions;
import org.lamina.spec.UpsampleSpec;

/**
 * Base of the builders of upsamplings.
 *
 * @param <T> the builder's own type
 */
abstract class UpsampleBuilder<T extends UpsampleBuilder<T>>
        extends SameChannelsBuilder<T, UpsampleSpec> implements UpsampleOptions<T> {

    private final Size size;

    UpsampleBuilder(int rank) {
        size = new Size(rank);
    }

    @Override
    public Size size() {
        return size;
    }

    @Override
    protected UpsampleSpec spec() {
        return new UpsampleSpec(channels(), size.build());
    }
}
