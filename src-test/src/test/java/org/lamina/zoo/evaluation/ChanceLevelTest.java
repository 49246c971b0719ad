package org.lamina.zoo.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChanceLevelTest {
    /** Values are summed in cells of 1 / 65536 for each class. */
    private static final double CELL = 5e-5;

    /** Bounds of scipy.stats.binom.interval(0.95, n, p). */
    @ParameterizedTest
    @CsvSource({"16, 14, 11, 21", "45, 45, 36, 54", "504, 96, 486, 521", "0, 7, 7, 7"})
    void accuracyHasTheBinomialInterval(int first, int second, int low, int high) {
        ChanceLevel chance = ChanceLevel.ofAccuracy(first, second);
        double n = first + second;
        assertEquals(Math.max(first, second) / n, chance.level(), 1e-12);
        assertEquals(low / n, chance.low(), CELL);
        assertEquals(high / n, chance.high(), CELL);
    }

    /** With classes of one size balanced accuracy is accuracy, of 1 / classes. */
    @ParameterizedTest
    @CsvSource({"16, 9, 23", "72, 58, 87"})
    void equalClassesHaveTheBinomialInterval(int count, int low, int high) {
        ChanceLevel chance = ChanceLevel.ofBalancedAccuracy(count, count, count, count, 0);
        assertEquals(0.25, chance.level(), 1e-12);
        assertEquals(low / (4.0 * count), chance.low(), CELL);
        assertEquals(high / (4.0 * count), chance.high(), CELL);
    }

    @ParameterizedTest
    @CsvSource({"5, 9, 0", "3, 4, 6", "2, 30, 0", "1, 1, 20"})
    void unequalClassesByEnumeration(int a, int b, int c) {
        int classes = c == 0 ? 2 : 3;
        TreeMap<Double, Double> outcomes = new TreeMap<>();
        for (int i = 0; i <= a; i++) {
            for (int j = 0; j <= b; j++) {
                for (int k = 0; k <= c; k++) {
                    double score = (double) i / a + (double) j / b + (c == 0 ? 0 : (double) k / c);
                    double probability =
                            binomial(a, i, classes)
                                    * binomial(b, j, classes)
                                    * binomial(c, k, classes);
                    outcomes.merge(score / classes, probability, Double::sum);
                }
            }
        }
        ChanceLevel chance = ChanceLevel.ofBalancedAccuracy(a, b, c);
        assertEquals(1.0 / classes, chance.level(), 1e-12);
        assertEquals(quantile(outcomes, 0.025), chance.low(), CELL);
        assertEquals(quantile(outcomes, 0.975), chance.high(), CELL);
    }

    /** Probability of k of n by multiplying, with a chance of 1 / classes. */
    private static double binomial(int n, int k, int classes) {
        double probability = 1;
        for (int i = 1; i <= k; i++) {
            probability *= (double) (n - k + i) / i / classes;
        }
        return probability * Math.pow(1 - 1.0 / classes, n - k);
    }

    private static double quantile(TreeMap<Double, Double> outcomes, double share) {
        double sum = 0;
        for (Map.Entry<Double, Double> outcome : outcomes.entrySet()) {
            sum += outcome.getValue();
            if (sum >= share) {
                return outcome.getKey();
            }
        }
        throw new AssertionError("the probabilities sum to " + sum);
    }

    @Test
    void largeSetsHaveNarrowIntervals() {
        ChanceLevel chance = ChanceLevel.ofBalancedAccuracy(200_000, 1_000_000);
        assertEquals(0.5, chance.level());
        // 1.96 standard deviations: sqrt(0.25 / n) of each class, halved.
        double half = 1.96 * Math.sqrt(0.25 / 200_000 + 0.25 / 1_000_000) / 2;
        assertEquals(0.5 - half, chance.low(), 1e-4);
        assertEquals(0.5 + half, chance.high(), 1e-4);
        assertTrue(chance.low() < 0.5 && chance.high() > 0.5);
    }
}
