package org.lamina.layers.builders;

import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.NormOptions;
import org.lamina.spec.NormSpec;

/**
 * Options of a depthwise convolution with a norm constraint on its filters. Padding is 'same' and
 * there is no bias by default.
 *
 * @param <T> the builder's own type
 */
public abstract class DepthwiseConvBuilder<T extends DepthwiseConvBuilder<T>>
        extends BaseConvBuilder<T, DepthwiseConvSpec> implements NormOptions<T> {

    private final NormSpec.Builder norm = NormOptions.defaults();
    private int depthMultiplier = 1;

    /**
     * Creates a builder.
     *
     * @param rank number of spatial dimensions
     * @param kernel one number per dimension, or one for all
     */
    protected DepthwiseConvBuilder(int rank, int... kernel) {
        super(false, rank, kernel);
    }

    /** Filters per input channel, 1 or greater. Default 1. */
    public T depthMultiplier(int value) {
        this.depthMultiplier = value;
        return self();
    }

    @Override
    public NormSpec.Builder norm() {
        return norm;
    }

    @Override
    protected DepthwiseConvSpec spec() {
        DepthwiseConvSpec spec =
                new DepthwiseConvSpec(
                        getNIn(), depthMultiplier, geometry().build(), bias(), norm.build());
        return spec.withOutChannels(getNOut());
    }
}
