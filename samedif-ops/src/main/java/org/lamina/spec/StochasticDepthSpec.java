package org.lamina.spec;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * Stochastic depth: in training, each whole example is dropped with a given probability. No
 * parameters.
 *
 * @param channels number of channels, or 0 if not yet known
 * @param dropRate probability that an example is dropped, in [0, 1)
 * @param scaleByKeep whether the kept examples are divided by the keep probability
 * @param seed of the layer's own random numbers, or null to use ND4J's generator
 */
public record StochasticDepthSpec(long channels, double dropRate, boolean scaleByKeep, Long seed)
        implements SameChannelsSpec {

    /**
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public StochasticDepthSpec {
        Checks.channels(channels);
        if (!(dropRate >= 0 && dropRate < 1)) {
            throw new IllegalArgumentException("dropRate = " + dropRate + "; must be in [0, 1)");
        }
    }

    /** The factor of a kept example. */
    public double keptFactor() {
        return scaleByKeep ? 1 / (1 - dropRate) : 1;
    }

    /**
     * The seed of one training pass.
     *
     * @param iteration number of updates before the pass, used by a layer that has its own seed
     * @param generator used by a layer that has none
     */
    public long passSeed(int iteration, LongSupplier generator) {
        return seed == null
                ? generator.getAsLong()
                : seed ^ new SplittableRandom(iteration).nextLong();
    }

    /**
     * The factors of the examples in a training pass, 0 for dropped ones.
     *
     * @param passSeed from {@link #passSeed}
     * @param examples number of examples
     */
    public double[] factors(long passSeed, long examples) {
        SplittableRandom random = new SplittableRandom(passSeed);
        double kept = keptFactor();
        return random.doubles(examples).map(r -> r < dropRate ? 0 : kept).toArray();
    }

    @Override
    public StochasticDepthSpec withInChannels(long value) {
        return new StochasticDepthSpec(value, dropRate, scaleByKeep, seed);
    }

    /** Collects the options of stochastic depth. */
    public static final class Builder {
        private double dropRate = 0.1;
        private boolean scaleByKeep = true;
        private Long seed;

        /** Probability that an example is dropped. */
        public Builder dropRate(double value) {
            this.dropRate = value;
            return this;
        }

        /** Whether the kept examples are divided by the keep probability. */
        public Builder scaleByKeep(boolean value) {
            this.scaleByKeep = value;
            return this;
        }

        /** Seed of the layer's own random numbers, or null. */
        public Builder seed(Long value) {
            this.seed = value;
            return this;
        }

        /**
         * The specification.
         *
         * @throws IllegalArgumentException naming the field, its value and what is allowed
         */
        public StochasticDepthSpec build(long channels) {
            return new StochasticDepthSpec(channels, dropRate, scaleByKeep, seed);
        }
    }
}
