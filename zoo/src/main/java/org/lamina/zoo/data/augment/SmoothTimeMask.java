package org.lamina.zoo.data.augment;

import java.util.random.RandomGenerator;
import org.lamina.zoo.data.DataException;

/**
 * Masks all channels for a time, with smooth edges: {@code y[c][t] = x[c][t] (sigmoid(-s (t -
 * start)) + sigmoid(s (t - start - maskLenSamples)))} with {@code s = 1000 / samples}, {@code
 * start} drawn uniformly so that the mask is within the example.
 *
 * <p>Sources: Cheng et al., https://arxiv.org/abs/2007.04871; Mohsenvand et al.,
 * https://proceedings.mlr.press/v136/mohsenvand20a.html.
 *
 * @param probability of changing an example
 * @param maskLenSamples samples that are masked
 */
public record SmoothTimeMask(double probability, int maskLenSamples) implements Augmentation {
    /** Checks the arguments. */
    public SmoothTimeMask {
        Arguments.share("probability", probability);
        Arguments.check(maskLenSamples > 0, "mask_len_samples", maskLenSamples, "1 or more");
    }

    @Override
    public double[][] transform(double[][] x, RandomGenerator random) {
        int samples = x[0].length;
        if (maskLenSamples > samples) {
            throw new DataException(
                    "mask_len_samples %d must be at most the %d samples of an example",
                    maskLenSamples, samples);
        }
        return mask(x, random.nextDouble() * (samples - maskLenSamples));
    }

    double[][] mask(double[][] x, double start) {
        double slope = 1000.0 / x[0].length;
        for (int t = 0; t < x[0].length; t++) {
            double factor =
                    sigmoid(-slope * (t - start)) + sigmoid(slope * (t - start - maskLenSamples));
            for (double[] row : x) {
                row[t] *= factor;
            }
        }
        return x;
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
