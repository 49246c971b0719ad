package org.lamina.zoo.evaluation;

import java.util.Arrays;

/** A network's output is NaN or infinite: it has neither a class nor an accuracy. */
public final class NonFiniteOutputException extends ArithmeticException {
    private final int example;

    private NonFiniteOutputException(int example, double[] output) {
        super(
                String.format(
                        "The network's output for example %d is %s, no probabilities",
                        example, Arrays.toString(output)));
        this.example = example;
    }

    /**
     * Checks an output.
     *
     * @param example its index, for the message
     * @param output probabilities of the classes
     * @return the output
     * @throws NonFiniteOutputException if not all of it is finite
     */
    public static double[] check(int example, double[] output) {
        for (double value : output) {
            if (!Double.isFinite(value)) {
                throw new NonFiniteOutputException(example, output);
            }
        }
        return output;
    }

    /** Index of the example. */
    public int example() {
        return example;
    }
}
