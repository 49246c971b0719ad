package org.lamina.spec;

import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Stochastic depth: in training each example is dropped, all of it, with a given probability. There
 * are no parameters.
 */
public final class StochasticDepthSpec extends SameChannelsSpec {

    private static final long serialVersionUID = 1L;

    private final double dropRate;
    private final boolean scaleByKeep;
    private final Long seed;

    /**
     * Creates the specification.
     *
     * @param channels number of channels, or 0 for not yet known
     * @param dropRate probability that an example is dropped, in [0, 1)
     * @param scaleByKeep whether the examples that stay are divided by the probability of that
     * @param seed of the layer's own random numbers, or null for those of ND4J's generator
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public StochasticDepthSpec(
            @JsonProperty("channels") long channels,
            @JsonProperty("dropRate") double dropRate,
            @JsonProperty("scaleByKeep") boolean scaleByKeep,
            @JsonProperty("seed") Long seed) {
        super(channels);
        this.dropRate = dropRate;
        this.scaleByKeep = scaleByKeep;
        this.seed = seed;
        if (!(dropRate >= 0 && dropRate < 1)) {
            throw new IllegalArgumentException("dropRate = " + dropRate + "; must be in [0, 1)");
        }
    }

    /** Probability that an example is dropped. */
    @JsonProperty("dropRate")
    public double dropRate() {
        return dropRate;
    }

    /** Whether the examples that stay are divided by the probability of that. */
    @JsonProperty("scaleByKeep")
    public boolean scaleByKeep() {
        return scaleByKeep;
    }

    /** Seed of the layer's own random numbers, or null for those of ND4J's generator. */
    @JsonProperty("seed")
    public Long seed() {
        return seed;
    }

    /** The factor of an example that stays. */
    public double keptFactor() {
        return scaleByKeep ? 1 / (1 - dropRate) : 1;
    }

    /**
     * What the factors of one training pass follow from.
     *
     * @param iteration number of updates before the pass, which a layer with its own seed goes by
     * @param generator gives the number for a layer without
     */
    public long passSeed(int iteration, LongSupplier generator) {
        return seed == null
                ? generator.getAsLong()
                : seed ^ new SplittableRandom(iteration).nextLong();
    }

    /**
     * The factors of the examples in a training pass: 0 for those that are dropped.
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

    @Override
    public List<ParamSpec> params() {
        return List.of();
    }

    @Override
    public boolean equals(Object o) {
        return super.equals(o)
                && dropRate == ((StochasticDepthSpec) o).dropRate
                && scaleByKeep == ((StochasticDepthSpec) o).scaleByKeep
                && Objects.equals(seed, ((StochasticDepthSpec) o).seed);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), dropRate, scaleByKeep, seed);
    }

    @Override
    public String toString() {
        return super.toString()
                + ", drop rate "
                + dropRate
                + (scaleByKeep ? ", scaled" : ", not scaled")
                + (seed == null ? "" : ", seed " + seed);
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

        /** Whether the examples that stay are divided by the probability of that. */
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
