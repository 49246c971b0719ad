package org.lamina.layers.builders;

import org.lamina.spec.UpsampleGeometry;
import org.lamina.spec.UpsampleSpec;

/**
 * Options of linear upsampling: exactly one of {@link #scale} and {@link #outputSize} must be
 * given.
 *
 * @param <T> the builder's own type
 */
public abstract class UpsampleBuilder<T extends UpsampleBuilder<T>>
        extends SameChannelsBuilder<T, UpsampleSpec> {

    private final int rank;
    private double[] scale;
    private long[] outputSize;

    /**
     * Creates a builder.
     *
     * @param rank number of spatial dimensions
     */
    protected UpsampleBuilder(int rank) {
        this.rank = rank;
    }

    /**
     * Factors, one number per spatial dimension or one for all, greater than 0: the output has
     * {@code floor(input * scale)} positions.
     */
    public T scale(double... scale) {
        this.scale = scale == null ? null : scale.clone();
        return self();
    }

    /** Size of the output, one number per spatial dimension or one for all, 1 or greater. */
    public T outputSize(long... outputSize) {
        this.outputSize = outputSize == null ? null : outputSize.clone();
        return self();
    }

    @Override
    protected UpsampleSpec spec() {
        return new UpsampleSpec(channels(), new UpsampleGeometry(rank, scale, outputSize));
    }
}
