package org.lamina.spec;

/**
 * Builder methods for stochastic depth, shared by the builders of both forms of the layer.
 *
 * @param <T> the builder's own type
 */
public interface StochasticDepthOptions<T> {

    /** What is collected so far. */
    StochasticDepthSpec.Builder arguments();

    /** This builder. */
    T self();

    /** Probability that an example is dropped, in [0, 1). Default 0.1. */
    default T dropRate(double value) {
        arguments().dropRate(value);
        return self();
    }

    /**
     * Whether the examples that stay are divided by 1 - drop rate, so that the expected output is
     * the input. Default true.
     */
    default T scaleByKeep(boolean value) {
        arguments().scaleByKeep(value);
        return self();
    }

    /**
     * Seed of the layer's own random numbers: what is dropped then follows from the seed, the
     * number of updates so far and the example's place in the minibatch, so give each layer another
     * one. Null: ND4J's generator, {@code Nd4j.getRandom()}, as for dropout. Default null.
     */
    default T seed(Long value) {
        arguments().seed(value);
        return self();
    }
}
