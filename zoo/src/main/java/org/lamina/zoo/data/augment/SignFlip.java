package org.lamina.zoo.data.augment;

import java.util.random.RandomGenerator;

/**
 * Flips the sign of all channels.
 *
 * @param probability of changing an example
 */
public record SignFlip(double probability) implements Augmentation {
    /** Checks the arguments. */
    public SignFlip {
        Arguments.share("probability", probability);
    }

    @Override
    public double[][] transform(double[][] x, RandomGenerator random) {
        for (double[] row : x) {
            for (int t = 0; t < row.length; t++) {
                row[t] = -row[t];
            }
        }
        return x;
    }
}
