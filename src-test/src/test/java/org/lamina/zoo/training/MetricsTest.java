package org.lamina.zoo.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final List<String> TWO = List.of("no", "yes");

    /** Cohen's textbook table: 20 and 15 agreed, 5 and 10 not; kappa 0.4. */
    @Test
    void kappaOfTheTextbookExample() {
        double[][] probabilities = new double[50][];
        int[] truth = new int[50];
        for (int i = 0; i < 50; i++) {
            truth[i] = i < 25 ? 1 : 0;
            boolean yes = i < 20 || (i >= 25 && i < 35);
            probabilities[i] = yes ? new double[] {0.3, 0.7} : new double[] {0.8, 0.2};
        }
        Metrics metrics = Metrics.of(probabilities, truth, TWO);
        assertEquals(0.7, metrics.accuracy(), 1e-12);
        assertEquals(0.4, metrics.kappa(), 1e-12);
        assertArrayEquals(new int[] {15, 10}, metrics.confusion()[0]);
        assertArrayEquals(new int[] {5, 20}, metrics.confusion()[1]);
        double loss =
                -(20 * Math.log(0.7) + 5 * Math.log(0.2) + 10 * Math.log(0.3) + 15 * Math.log(0.8))
                        / 50;
        assertEquals(loss, metrics.loss(), 1e-12);
    }

    @Test
    void aucEqualsCountedPairs() {
        Random random = new Random(4);
        for (int classes = 2; classes <= 4; classes++) {
            double[][] probabilities = new double[60][classes];
            int[] truth = new int[60];
            for (int i = 0; i < 60; i++) {
                truth[i] = random.nextInt(classes);
                for (int k = 0; k < classes; k++) {
                    // Few values, so that there are ties.
                    probabilities[i][k] = 1 + random.nextInt(5) + (k == truth[i] ? 1 : 0);
                }
                if (classes == 2) {
                    probabilities[i][0] = 10 - probabilities[i][1];
                }
            }
            double sum = 0;
            for (int k = 0; k < classes; k++) {
                sum += countedPairs(k, probabilities, truth);
            }
            Metrics metrics =
                    Metrics.of(
                            probabilities, truth, List.of("a", "b", "c", "d").subList(0, classes));
            assertEquals(sum / classes, metrics.auc(), 1e-12);
        }
    }

    private static double countedPairs(int k, double[][] probabilities, int[] truth) {
        double won = 0;
        int pairs = 0;
        for (int i = 0; i < truth.length; i++) {
            for (int j = 0; j < truth.length; j++) {
                if (truth[i] == k && truth[j] != k) {
                    pairs++;
                    double difference = probabilities[i][k] - probabilities[j][k];
                    won += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
                }
            }
        }
        return won / pairs;
    }

    @Test
    void oneClassOnlyHasNoAuc() {
        double[][] probabilities = {{0.9, 0.1}, {0.6, 0.4}};
        Metrics metrics = Metrics.of(probabilities, new int[] {0, 0}, TWO);
        assertEquals(1, metrics.accuracy());
        assertNull(metrics.auc());
        assertNull(metrics.kappa());
    }

    @Test
    void aConstantPredictorIsWorthAHalf() {
        double[][] probabilities = new double[10][];
        Arrays.fill(probabilities, new double[] {0.4, 0.6});
        Metrics metrics = Metrics.of(probabilities, new int[] {1, 1, 1, 0, 0, 1, 0, 1, 0, 0}, TWO);
        assertEquals(0.5, metrics.auc());
        assertEquals(0, metrics.kappa(), 1e-12);
    }

    @Test
    void nothingToEvaluateIsAnError() {
        assertThrows(
                IllegalArgumentException.class, () -> Metrics.of(new double[0][], new int[0], TWO));
    }
}
