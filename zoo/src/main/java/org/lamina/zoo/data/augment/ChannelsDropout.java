package org.lamina.zoo.data.augment;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Sets channels to 0. braindecode multiplies by {@code sigmoid(1000 (u - p_drop))} with u uniform
 * in [0, 1), which differs only if u is within a hundredth of {@code p_drop}.
 *
 * <p>Source: Saeed et al., https://arxiv.org/abs/2010.13694.
 *
 * @param probability of changing an example
 * @param pDrop probability of dropping a channel of such an example
 */
public record ChannelsDropout(double probability, double pDrop) implements Augmentation {
    /** Checks the arguments. */
    public ChannelsDropout {
        Arguments.share("probability", probability);
        Arguments.share("p_drop", pDrop);
    }

    @Override
    public double[][] transform(double[][] x, RandomGenerator random) {
        for (double[] row : x) {
            if (random.nextDouble() < pDrop) {
                Arrays.fill(row, 0);
            }
        }
        return x;
    }
}
