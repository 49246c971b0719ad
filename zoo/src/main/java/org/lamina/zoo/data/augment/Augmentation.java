package org.lamina.zoo.data.augment;

import java.io.Serializable;
import java.util.random.RandomGenerator;

/**
 * A random change of the examples of a batch. Arguments and results are those of the transform of
 * the same name in <a href="https://braindecode.org/stable/api.html#augmentation">braindecode</a>
 * unless its description says otherwise; the random numbers differ.
 */
public interface Augmentation extends Serializable {

    /**
     * @return probability of changing an example, 0 to 1
     */
    double probability();

    /**
     * Changes one example.
     *
     * @param x {@code [channels][samples]}; may be changed in place
     * @param random source of the random numbers
     * @return the changed example, of the same shape
     */
    double[][] transform(double[][] x, RandomGenerator random);

    /**
     * Changes each example of a batch with the given probability.
     *
     * @param examples {@code [examples][channels][samples]}, changed in place; lengths differ if
     *     the batch is masked
     * @param labels {@code [examples][classes]}
     * @param random source of the random numbers
     */
    default void apply(double[][][] examples, double[][] labels, RandomGenerator random) {
        for (int n = 0; n < examples.length; n++) {
            if (random.nextDouble() < probability()) {
                examples[n] = transform(examples[n], random);
            }
        }
    }
}
