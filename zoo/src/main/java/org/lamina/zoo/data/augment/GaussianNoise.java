package org.lamina.zoo.data.augment;

import java.util.random.RandomGenerator;

/**
 * Adds white noise to every channel.
 *
 * @param probability of changing an example
 * @param std standard deviation of the noise; 1 is that of a channel where the examples are
 *     standardized, as the command line does
 */
public record GaussianNoise(double probability, double std) implements Augmentation {
    /** Checks the arguments. */
    public GaussianNoise {
        Arguments.share("probability", probability);
        Arguments.notNegative("std", std);
    }

    @Override
    public double[][] transform(double[][] x, RandomGenerator random) {
        for (double[] row : x) {
            for (int t = 0; t < row.length; t++) {
                row[t] += std * random.nextGaussian();
            }
        }
        return x;
    }
}
