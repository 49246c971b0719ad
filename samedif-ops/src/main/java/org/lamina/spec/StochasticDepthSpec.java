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

    public StochasticDepthSpec {
        Checks.channels(channels);
        Checks.require(dropRate >= 0 && dropRate < 1, "dropRate", dropRate, "must be in [0, 1)");
    }

    /** The factor of a kept example. */
    public double keptFactor() {
        return scaleByKeep ? 1 / (1 - dropRate) : 1;
    }

    /** 0 for dropped examples. The same seed and number of updates give the same factors. */
    @Override
    public double[] exampleFactors(long examples, int iteration, LongSupplier generator) {
        long passSeed =
                seed == null
                        ? generator.getAsLong()
                        : seed ^ new SplittableRandom(iteration).nextLong();
        double kept = keptFactor();
        return new SplittableRandom(passSeed)
                .doubles(examples)
                .map(r -> r < dropRate ? 0 : kept)
                .toArray();
    }

    @Override
    public StochasticDepthSpec withInChannels(long value) {
        return new StochasticDepthSpec(value, dropRate, scaleByKeep, seed);
    }
}
