package org.lamina.samediff.layers;

import org.lamina.spec.UpsampleOptions;
import org.lamina.spec.UpsampleSpec;

/**
 * Base of the builders of upsamplings.
 *
 * @param <T> the builder's own type
 */
abstract class SameDiffUpsampleBuilder<T extends SameDiffUpsampleBuilder<T>>
        extends SameDiffSameChannelsBuilder<T, UpsampleSpec> implements UpsampleOptions<T> {

    private final Size size;

    SameDiffUpsampleBuilder(int rank) {
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
