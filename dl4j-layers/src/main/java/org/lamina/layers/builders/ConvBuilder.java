package org.lamina.layers.builders;

import org.lamina.spec.ConvSpec;
import org.lamina.spec.NormSpec;

/**
 * Options of a convolution.
 *
 * @param <T> the builder's own type
 */
public abstract class ConvBuilder<T extends ConvBuilder<T>>
        extends GroupedConvBuilder<T, ConvSpec> {

    /**
     * Creates a builder.
     *
     * @param rank number of spatial dimensions
     * @param kernel one number per dimension, or one for all
     */
    protected ConvBuilder(int rank, int... kernel) {
        super(rank, kernel);
    }

    @Override
    protected ConvSpec spec() {
        return conv(NormSpec.none());
    }
}
