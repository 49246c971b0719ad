package org.lamina.zoo.data.augment;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.lamina.zoo.data.iterator.InMemoryIterator;

/**
 * Permutes a random subset of the channels.
 *
 * <p>Source: Saeed et al., https://arxiv.org/abs/2010.13694.
 *
 * @param probability of changing an example
 * @param pShuffle probability that a channel of such an example is among those permuted
 */
public record ChannelsShuffle(double probability, double pShuffle) implements Augmentation {
    /** Checks the arguments. */
    public ChannelsShuffle {
        Arguments.share("probability", probability);
        Arguments.share("p_shuffle", pShuffle);
    }

    @Override
    public double[][] transform(double[][] x, RandomGenerator random) {
        int[] among =
                IntStream.range(0, x.length).filter(c -> random.nextDouble() < pShuffle).toArray();
        int[] order = InMemoryIterator.permutation(among.length, random);
        double[][] shuffled = Arrays.copyOf(x, x.length);
        for (int i = 0; i < among.length; i++) {
            shuffled[among[i]] = x[among[order[i]]];
        }
        return shuffled;
    }
}
