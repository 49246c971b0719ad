package org.lamina.layers.builders;

import org.lamina.spec.StochasticDepthSpec;

/**
 * Options of stochastic depth.
 *
 * @param <T> the builder's own type
 */
public abstract class StochasticDepthBuilder<T extends StochasticDepthBuilder<T>>
        extends ChannelwiseBuilder<T, StochasticDepthSpec> {

    private double dropRate = 0.1;
    private boolean scaleByKeep = true;
    private Long seed;

    /** Probability that an example is dropped, in [0, 1). Default 0.1. */
    public T dropRate(double value) {
        this.dropRate = value;
        return self();
    }

    /**
     * Whether kept examples are divided by 1 - drop rate, so that the expected output equals the
     * input. Default true.
     */
    public T scaleByKeep(boolean value) {
        this.scaleByKeep = value;
        return self();
    }

    /**
     * Seed of the layer's own random number generator. What is dropped then depends only on the
     * seed, the number of updates so far and the example's index in the minibatch, so use a
     * different seed for each layer. Null uses {@code Nd4j.getRandom()}, as dropout does. Default
     * null.
     */
    public T seed(Long value) {
        this.seed = value;
        return self();
    }

    @Override
    protected StochasticDepthSpec spec() {
        return new StochasticDepthSpec(channels(), dropRate, scaleByKeep, seed);
    }
}
