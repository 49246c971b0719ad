package org.lamina.layers.builders;

import org.lamina.spec.SwishSpec;

/**
 * Options of the swish function.
 *
 * @param <T> the builder's own type
 */
public abstract class SwishBuilder<T extends SwishBuilder<T>>
        extends ChannelwiseBuilder<T, SwishSpec> {

    private double beta = 1;
    private boolean learnableBeta;

    /** Slope of the gate, a finite number; its initial value if it is learned. Default 1. */
    public T beta(double value) {
        this.beta = value;
        return self();
    }

    /** Whether beta is learned, one for each channel. Default false. */
    public T learnableBeta(boolean value) {
        this.learnableBeta = value;
        return self();
    }

    @Override
    protected SwishSpec spec() {
        return new SwishSpec(channels(), beta, learnableBeta);
    }
}
