package org.lamina.layers.builders;

import org.lamina.spec.PReLUSpec;

/**
 * Options of a parametric rectifier.
 *
 * @param <T> the builder's own type
 */
public abstract class PReLUBuilder<T extends PReLUBuilder<T>>
        extends ChannelwiseBuilder<T, PReLUSpec> {

    private double initialSlope = PReLUSpec.DEFAULT_SLOPE;

    /** Initial slope of all channels. Default 0.25. */
    public T initialSlope(double value) {
        this.initialSlope = value;
        return self();
    }

    @Override
    protected PReLUSpec spec() {
        return new PReLUSpec(channels(), initialSlope);
    }
}
