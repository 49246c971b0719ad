package org.lamina.layers.builders;

import org.lamina.spec.InstanceNormSpec;

/**
 * Options of instance normalization.
 *
 * @param <T> the builder's own type
 */
public abstract class InstanceNormBuilder<T extends InstanceNormBuilder<T>>
        extends ChannelwiseBuilder<T, InstanceNormSpec> {

    private boolean affine = true;
    private double eps = 1e-5;

    /** Whether each channel has a learned scale and shift. Default true. */
    public T affine(boolean value) {
        this.affine = value;
        return self();
    }

    /** Added to the variance, greater than 0. Default 1e-5. */
    public T eps(double value) {
        this.eps = value;
        return self();
    }

    @Override
    protected InstanceNormSpec spec() {
        return new InstanceNormSpec(channels(), affine, eps);
    }
}
