package org.lamina.zoo.evaluation;

import java.util.Arrays;

/**
 * Chance level of a score, with the central 95 % interval of a classifier at chance on a test set
 * of that size: only a result above the interval is better than chance (p &lt; 0.025).
 *
 * <p>With n examples and probability p of a correct answer, the number of correct answers is
 * binomially distributed; the bounds are its 0.025 and 0.975 quantiles. See Combrisson and Jerbi,
 * Journal of Neuroscience Methods 250, 2015: with few examples an accuracy far above 1 / classes
 * may still be chance.
 *
 * @param level mean
 * @param low lower bound of the interval
 * @param high upper bound of the interval
 */
public record ChanceLevel(double level, double low, double high) {
    /** Bins of the distribution of a score from 0 to 1. */
    private static final int CELLS = 1 << 16;

    private static final double TAIL = 0.025;

    /**
     * Of the accuracy, for a classifier that always predicts the most frequent class; above 1 /
     * classes if the classes are unbalanced.
     *
     * @param counts number of examples of each class
     */
    public static ChanceLevel ofAccuracy(int... counts) {
        int n = Arrays.stream(counts).sum();
        return of(new int[] {n}, (double) Arrays.stream(counts).max().orElseThrow() / n);
    }

    /**
     * Of the balanced accuracy: each of the classes that occur equally often. The level is 1 /
     * classes, as it is for every choice that does not depend on the example.
     *
     * @param counts number of examples of each class
     */
    public static ChanceLevel ofBalancedAccuracy(int... counts) {
        int[] occurring = Arrays.stream(counts).filter(count -> count > 0).toArray();
        return of(occurring, 1.0 / occurring.length);
    }

    /** Of the mean over classes of the share of right ones, each right with the same chance. */
    private static ChanceLevel of(int[] counts, double chance) {
        double[] sums = {1};
        int end = 0;
        for (int count : counts) {
            double[] right = binomial(count, chance);
            double step = (double) CELLS / count / counts.length;
            double[] more = new double[end + (int) Math.rint(count * step) + 1];
            for (int x = 0; x <= count; x++) {
                if (right[x] > 1e-18) {
                    int cell = (int) Math.rint(x * step);
                    for (int i = 0; i <= end; i++) {
                        more[i + cell] += sums[i] * right[x];
                    }
                }
            }
            sums = more;
            end = more.length - 1;
        }
        return new ChanceLevel(chance, quantile(sums, TAIL), quantile(sums, 1 - TAIL));
    }

    private static double quantile(double[] probabilities, double share) {
        int cell = 0;
        double sum = probabilities[0];
        while (sum < share && cell < probabilities.length - 1) {
            sum += probabilities[++cell];
        }
        return Math.min(1, (double) cell / CELLS);
    }

    /** Probabilities of 0 to n successes. */
    private static double[] binomial(int n, double chance) {
        double[] logFactorial = new double[n + 1];
        for (int i = 1; i <= n; i++) {
            logFactorial[i] = logFactorial[i - 1] + Math.log(i);
        }
        double[] probabilities = new double[n + 1];
        for (int x = 0; x <= n; x++) {
            double logWays = logFactorial[n] - logFactorial[x] - logFactorial[n - x];
            probabilities[x] = Math.exp(logWays + log(chance, x) + log(1 - chance, n - x));
        }
        return probabilities;
    }

    /** Logarithm of a power; of 0 to the power of 0 too. */
    private static double log(double base, int power) {
        return power == 0 ? 0 : power * Math.log(base);
    }
}
