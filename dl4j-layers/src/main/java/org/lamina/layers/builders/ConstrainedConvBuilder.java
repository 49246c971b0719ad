package org.lamina.layers.builders;

import org.lamina.spec.ConvSpec;
import org.lamina.spec.NormOptions;
import org.lamina.spec.NormSpec;

/**
 * Options of a convolution with a norm constraint on its filters. Padding is 'same' by default.
 *
 * @param <T> the builder's own type
 */
public abstract class ConstrainedConvBuilder<T extends ConstrainedConvBuilder<T>>
        extends GroupedConvBuilder<T, ConvSpec> implements NormOptions<T> {

    private final NormSpec.Builder norm = NormOptions.defaults();

    /**
     * Creates a builder.
     *
     * @param rank number of spatial dimensions
     * @param kernel one number per dimension, or one for all
     */
    protected ConstrainedConvBuilder(int rank, int... kernel) {
        super(rank, kernel);
        padding("same");
    }

    @Override
    public NormSpec.Builder norm() {
        return norm;
    }

    @Override
    protected ConvSpec spec() {
        return conv(norm.build());
    }
}
