package org.lamina.layers.builders;

import org.lamina.spec.SkipInitGainSpec;

/**
 * Options of a learnable scalar factor.
 *
 * @param <T> the builder's own type
 */
public abstract class SkipInitGainBuilder<T extends SkipInitGainBuilder<T>>
        extends ChannelwiseBuilder<T, SkipInitGainSpec> {

    private double initialGain;

    /** Initial value of the factor, a finite number. Default 0. */
    public T initialGain(double value) {
        this.initialGain = value;
        return self();
    }

    @Override
    protected SkipInitGainSpec spec() {
        return new SkipInitGainSpec(channels(), initialGain);
    }
}
