package org.lamina.layers.builders;

import org.lamina.spec.ConvTransposeSpec;

/**
 * Options of a transposed convolution.
 *
 * @param <T> the builder's own type
 */
public abstract class ConvTransposeBuilder<T extends ConvTransposeBuilder<T>>
        extends BaseConvTransposeBuilder<T, ConvTransposeSpec> {

    /**
     * Creates a builder.
     *
     * @param rank number of spatial dimensions
     * @param kernel one number per dimension, or one for all
     */
    protected ConvTransposeBuilder(int rank, int... kernel) {
        super(rank, kernel);
    }

    @Override
    protected ConvTransposeSpec spec() {
        return transposedConv();
    }
}
