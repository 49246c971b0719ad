package org.lamina.layers.builders;

import org.lamina.spec.BatchNormSpec;

/**
 * Options of batch normalization.
 *
 * @param <T> the builder's own type
 */
public abstract class BatchNormBuilder<T extends BatchNormBuilder<T>>
        extends ChannelwiseBuilder<T, BatchNormSpec> {

    private double eps = 1e-5;
    private double momentum = 0.1;

    /** Added to the variance, 0 or greater. Default 1e-5. */
    public T eps(double value) {
        this.eps = value;
        return self();
    }

    /**
     * Weight of a batch's statistics in the running statistics, in (0, 1]. Default 0.1 (DL4J's
     * decay 0.9).
     */
    public T momentum(double value) {
        this.momentum = value;
        return self();
    }

    @Override
    protected BatchNormSpec spec() {
        return new BatchNormSpec(channels(), eps, momentum);
    }
}
