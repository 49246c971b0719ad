package org.lamina.zoo.data.augment;

import java.util.random.RandomGenerator;

/**
 * Reverses time: {@code y[c][t] = x[c][samples - 1 - t]}.
 *
 * @param probability of changing an example
 */
public record TimeReverse(double probability) implements Augmentation {
    /** Checks the arguments. */
    public TimeReverse {
        Arguments.share("probability", probability);
    }

    @Override
    public double[][] transform(double[][] x, RandomGenerator random) {
        for (double[] row : x) {
            for (int i = 0, j = row.length - 1; i < j; i++, j--) {
                double swap = row[i];
                row[i] = row[j];
                row[j] = swap;
            }
        }
        return x;
    }
}
