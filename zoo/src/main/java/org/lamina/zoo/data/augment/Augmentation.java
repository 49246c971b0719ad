package org.lamina.zoo.data.augment;

import java.io.Serializable;
import java.util.random.RandomGenerator;

/**
 * Changes the examples of a batch at random. Arguments and results are those of the transform of
 * the same name in <a href="https://braindecode.org/stable/api.html#augmentation">braindecode</a>
 * unless its description says otherwise; the random numbers are others.
 */
public interface Augmentation extends Serializable {

    /**
     * @return share of the examples that are changed, 0 to 1
     */
    double probability();

    /**
     * Changes one example.
     *
     * @param x {@code [channels][samples]}; may be changed in place
     * @param random what everything random is drawn from
     * @return the changed example, of the same shape
     */
    double[][] transform(double[][] x, RandomGenerator random);

    /**
     * Changes the examples of a batch, each with the probability.
     *
     * @param examples {@code [examples][channels][samples]}, changed in place; lengths differ where
     *     a batch is masked
     * @param labels {@code [examples][classes]}
     * @param random what everything random is drawn from
     */
    default void apply(double[][][] examples, double[][] labels, RandomGenerator random) {
        for (int n = 0; n < examples.length; n++) {
            if (random.nextDouble() < probability()) {
                examples[n] = transform(examples[n], random);
            }
        }
    }
}
