package org.lamina.zoo.evaluation;

import java.util.Arrays;

/**
 * What a classifier reaches that knows nothing of the examples, with the central 95 % interval of
 * what it reaches on a test set of that size: only a result above the interval is better than
 * chance (p &lt; 0.025).
 *
 * <p>With n examples, of which a share p is right by chance, the number of right ones is binomially
 * distributed; the bounds are the smallest values that are not exceeded with probability 0.025 and
 * 0.975. See Combrisson and Jerbi, Journal of Neuroscience Methods 250, 2015: with few examples an
 * accuracy far above 1 / classes is still chance.
 *
 * @param level mean
 * @param low lower bound of the interval
 * @param high upper bound of the interval
 */
public record ChanceLevel(double level, double low, double high) {
    /** Cells that probabilities of scores from 0 to 1 are summed in. */
    private static final int CELLS = 1 << 16;

    private static final double TAIL = 0.025;

    /**
     * Of the accuracy: always the most frequent class. Where classes are of unequal size that is
     * more than 1 / classes.
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
