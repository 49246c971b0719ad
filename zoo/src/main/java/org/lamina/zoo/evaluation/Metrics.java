package org.lamina.zoo.evaluation;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.lamina.zoo.data.iterator.PassIterator;
import org.lamina.zoo.network.Networks;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Performance of a classifier on a set of examples.
 *
 * @param examples number of examples
 * @param accuracy share of examples whose most probable class is correct
 * @param balancedAccuracy mean recall of the classes that occur: {@code 1 / classes} for a
 *     classifier that guesses, however often each class occurs
 * @param kappa Cohen's kappa, {@code (accuracy - chance) / (1 - chance)} with the chance agreement
 *     given by the margins of the confusion matrix; null where it is 1 (one class only)
 * @param auc area under the ROC curve: the probability that an example of a class gets a higher
 *     probability for it than one that is not of it, ties counting half; with more than two classes
 *     the mean over the classes, each against the others; null if only one class occurs. (ND4J's
 *     ROC is not used: it breaks ties by the order of the examples.)
 * @param f1 mean over the classes of {@code 2 TP / (2 TP + FP + FN)} (macro F1), without classes
 *     that neither occur nor are predicted
 * @param loss mean cross entropy in nats
 * @param classes class names
 * @param confusion number of examples by true class (row) and most probable class (column)
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Metrics(
        int examples,
        double accuracy,
        double balancedAccuracy,
        Double kappa,
        Double auc,
        double f1,
        double loss,
        List<String> classes,
        int[][] confusion) {

    /** Smallest probability that the loss distinguishes from 0. */
    private static final double TINY = 1e-7;

    /**
     * Runs a network over all examples.
     *
     * @param network with output as {@link #probabilities} reads it
     * @param iterator reset to the start of its first pass and run to its end
     * @return its performance
     * @throws NonFiniteOutputException if an output is NaN or infinite
     */
    public static Metrics of(Model network, PassIterator iterator) {
        iterator.setEpoch(0);
        int total = 0;
        double[][] probabilities = new double[16][];
        int[] truth = new int[16];
        while (iterator.hasNext()) {
            DataSet batch = iterator.next();
            double[][] outputs = probabilities(Networks.output(network, batch.getFeatures()));
            int[] labels = batch.getLabels().argMax(1).toIntVector();
            if (total + outputs.length > truth.length) {
                int room = Math.max(2 * truth.length, total + outputs.length);
                probabilities = Arrays.copyOf(probabilities, room);
                truth = Arrays.copyOf(truth, room);
            }
            System.arraycopy(outputs, 0, probabilities, total, outputs.length);
            System.arraycopy(labels, 0, truth, total, labels.length);
            total += outputs.length;
        }
        return of(
                Arrays.copyOf(probabilities, total),
                Arrays.copyOf(truth, total),
                iterator.getLabels());
    }

    /**
     * Reads a classifier's output.
     *
     * @param output {@code [examples, classes]}, or {@code [examples, 1]} with the probability of
     *     the second of two classes
     * @return probabilities {@code [examples][classes]}
     */
    public static double[][] probabilities(INDArray output) {
        double[][] rows = output.castTo(DataType.DOUBLE).toDoubleMatrix();
        if (output.size(1) == 1) {
            Arrays.setAll(rows, i -> new double[] {1 - rows[i][0], rows[i][0]});
        }
        return rows;
    }

    /** Index of the largest of an example's probabilities, the first of equal ones. */
    public static int mostProbable(double[] probabilities) {
        int best = 0;
        for (int k = 1; k < probabilities.length; k++) {
            best = probabilities[k] > probabilities[best] ? k : best;
        }
        return best;
    }

    /**
     * Compares predictions with the true classes.
     *
     * @param probabilities of each class for each example
     * @param truth class index of each example
     * @param classes class names
     * @return the performance
     * @throws IllegalArgumentException if there is no example
     * @throws NonFiniteOutputException if a probability is NaN or infinite
     */
    public static Metrics of(double[][] probabilities, int[] truth, List<String> classes) {
        int n = truth.length;
        if (n == 0) {
            throw new IllegalArgumentException("Metrics: no example to evaluate");
        }
        int[][] confusion = new int[classes.size()][classes.size()];
        double loss = 0;
        for (int i = 0; i < n; i++) {
            double[] row = NonFiniteOutputException.check(i, probabilities[i]);
            confusion[truth[i]][mostProbable(row)]++;
            loss -= Math.log(Math.max(row[truth[i]], TINY)) / n;
        }
        return new Metrics(
                n,
                accuracy(confusion, n),
                balancedAccuracy(confusion),
                kappa(confusion, n),
                auc(probabilities, truth, classes.size()),
                f1(confusion),
                loss,
                List.copyOf(classes),
                confusion);
    }

    private static double accuracy(int[][] confusion, int n) {
        int right = 0;
        for (int k = 0; k < confusion.length; k++) {
            right += confusion[k][k];
        }
        return (double) right / n;
    }

    private static double balancedAccuracy(int[][] confusion) {
        return IntStream.range(0, confusion.length)
                .filter(k -> occurs(confusion, k) > 0)
                .mapToDouble(k -> (double) confusion[k][k] / occurs(confusion, k))
                .average()
                .orElseThrow();
    }

    private static double f1(int[][] confusion) {
        return IntStream.range(0, confusion.length)
                .filter(k -> occurs(confusion, k) + predicted(confusion, k) > 0)
                .mapToDouble(
                        k ->
                                2.0
                                        * confusion[k][k]
                                        / (occurs(confusion, k) + predicted(confusion, k)))
                .average()
                .orElseThrow();
    }

    /** Number of examples of each class. */
    public int[] classCounts() {
        return IntStream.range(0, confusion.length).map(k -> occurs(confusion, k)).toArray();
    }

    /** Number of examples of a class. */
    private static int occurs(int[][] confusion, int k) {
        return Arrays.stream(confusion[k]).sum();
    }

    /** Number of examples that a class is predicted for. */
    private static int predicted(int[][] confusion, int k) {
        return Arrays.stream(confusion).mapToInt(row -> row[k]).sum();
    }

    private static Double kappa(int[][] confusion, int n) {
        double chance = 0;
        for (int k = 0; k < confusion.length; k++) {
            chance += (double) occurs(confusion, k) / n * predicted(confusion, k) / n;
        }
        return chance >= 1 ? null : (accuracy(confusion, n) - chance) / (1 - chance);
    }

    private static Double auc(double[][] probabilities, int[] truth, int classes) {
        double sum = 0;
        int defined = 0;
        // With two classes the areas are equal.
        for (int k = classes == 2 ? 1 : 0; k < classes; k++) {
            double area = aucOf(k, probabilities, truth);
            if (!Double.isNaN(area)) {
                sum += area;
                defined++;
            }
        }
        return defined == 0 ? null : sum / defined;
    }

    /** Mann-Whitney's U of one class against the others, over the number of pairs. */
    private static double aucOf(int k, double[][] probabilities, int[] truth) {
        Integer[] order = new Integer[truth.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> probabilities[i][k]));
        double rankSum = 0;
        long positives = 0;
        for (int from = 0; from < order.length; ) {
            int to = from;
            while (to < order.length
                    && probabilities[order[to]][k] == probabilities[order[from]][k]) {
                to++;
            }
            double sharedRank = (from + 1 + to) / 2.0;
            for (int i = from; i < to; i++) {
                if (truth[order[i]] == k) {
                    rankSum += sharedRank;
                    positives++;
                }
            }
            from = to;
        }
        long negatives = truth.length - positives;
        return (rankSum - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
    }
}
