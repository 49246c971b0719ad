package org.lamina.zoo.data.augment;

import java.util.random.RandomGenerator;

/**
 * Multiplies all channels by one factor, drawn uniformly from {@code low} to {@code high} for each
 * example. In braindecode the two are one argument, {@code interval}, with the default {@code (0.5,
 * 2)}.
 *
 * <p>Source: Mohsenvand, Izadi and Maes, https://proceedings.mlr.press/v136/mohsenvand20a.html.
 *
 * @param probability of changing an example
 * @param low smallest factor
 * @param high largest factor
 */
public record AmplitudeScale(double probability, double low, double high) implements Augmentation {
    /** Checks the arguments. */
    public AmplitudeScale {
        Arguments.share("probability", probability);
        Arguments.above("low", low, 0);
        Arguments.above("high", high, low);
    }

    @Override
    public double[][] transform(double[][] x, RandomGenerator random) {
        double factor = random.nextDouble(low, high);
        for (double[] row : x) {
            for (int t = 0; t < row.length; t++) {
                row[t] *= factor;
            }
        }
        return x;
    }
}
