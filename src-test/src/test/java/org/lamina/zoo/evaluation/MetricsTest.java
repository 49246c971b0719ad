package org.lamina.zoo.evaluation;

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

    /** Values of scikit-learn 1.2.1. */
    @Test
    void equalsScikitLearn() {
        assertScores(
                "000011000000000000000000",
                "47,53,67,33,32,68,82,18,44,56,66,34,65,35,71,29,56,44,58,42,39,61,78,"
                        + "22,48,52,60,40,91,9,68,32,58,42,60,40,44,56,46,54,52,48,35,65,95,5,62,"
                        + "38",
                0.6666666666666666,
                0.5909090909090908,
                0.07692307692307687,
                0.5795454545454546,
                0.49473684210526314);
        assertScores(
                "2010000001031120322022131010022321003200",
                "7,6,22,65,66,7,24,3,6,52,26,16,25,17,49,9,22,1,2,75,40,47,5,8,44,46,9,"
                        + "1,61,7,28,4,40,31,22,7,44,25,13,18,48,2,28,22,63,8,4,25,20,59,14,7,6,"
                        + "53,38,3,5,33,55,7,35,26,35,4,33,14,28,25,33,14,24,29,31,47,21,1,61,11,"
                        + "22,6,48,9,42,1,15,1,70,14,6,26,62,6,7,20,24,49,30,35,30,5,31,55,6,8,"
                        + "23,74,0,3,34,4,26,36,47,37,15,1,22,18,55,5,7,49,29,15,50,6,3,41,28,32,"
                        + "21,19,0,34,62,4,23,39,32,6,42,16,10,32,4,35,1,60,26,14,46,14,48,2,13,"
                        + "37,58,4,4,34",
                0.525,
                0.5033088235294118,
                0.33157431838170615,
                0.8205476504460479,
                0.49416221033868096);
        // The last class is predicted once, for an example of another.
        assertScores(
                "0001",
                "60,20,20,50,30,20,20,30,50,20,50,30",
                0.75,
                5 / 6.0,
                5 / 9.0,
                11 / 12.0,
                0.6);
    }

    private static void assertScores(
            String classes,
            String percentages,
            double accuracy,
            double balancedAccuracy,
            double kappa,
            double auc,
            double f1) {
        int[] truth = classes.chars().map(c -> c - '0').toArray();
        double[] values =
                Arrays.stream(percentages.split(",")).mapToDouble(Double::parseDouble).toArray();
        int columns = values.length / truth.length;
        double[][] probabilities = new double[truth.length][];
        for (int i = 0; i < truth.length; i++) {
            probabilities[i] = Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
        }
        Metrics metrics =
                Metrics.of(probabilities, truth, List.of("a", "b", "c", "d").subList(0, columns));
        assertEquals(accuracy, metrics.accuracy(), 1e-12);
        assertEquals(balancedAccuracy, metrics.balancedAccuracy(), 1e-12);
        assertEquals(kappa, metrics.kappa(), 1e-12);
        assertEquals(auc, metrics.auc(), 1e-12);
        assertEquals(f1, metrics.f1(), 1e-12);
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
