package org.lamina.zoo.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lamina.zoo.data.epochs.EpochSet;

/**
 * A cross-validation: its folds, and the results of those completed.
 *
 * <pre>
 * CrossValidation validation =
 *         new CrossValidation(epochs, Folds.byGroup(epochs.runs()), List.of(1L, 2L, 3L));
 * for (CrossValidation.Part part : validation.remaining()) {
 *     EpochSet train = validation.train(part);
 *     // fit a normalizer and a network, with the part's seed, to these epochs only
 *     validation.add(part, probabilities of validation.test(part));
 * }
 * validation.mean(Score.BALANCED_ACCURACY);
 * </pre>
 *
 * <p>With several seeds, every fold is trained with each of them.
 */
public final class CrossValidation {
    private final EpochSet epochs;
    private final List<Fold> folds;
    private final List<Long> seeds;
    private final List<Part> parts = new ArrayList<>();
    private final Map<Part, Result> results = new LinkedHashMap<>();

    /**
     * A fold, trained with a seed.
     *
     * @param fold training and test epochs
     * @param seed of all random numbers in training
     */
    public record Part(Fold fold, long seed) {}

    /**
     * The result of a part.
     *
     * @param part that was trained and tested
     * @param probabilities {@code [epochs][classes]} of the test epochs, in their order
     * @param metrics of those
     */
    public record Result(Part part, double[][] probabilities, Metrics metrics) {}

    /**
     * A cross-validation without results.
     *
     * @param epochs all of them
     * @param folds of these epochs
     * @param seeds that each fold is trained with
     */
    public CrossValidation(EpochSet epochs, List<Fold> folds, List<Long> seeds) {
        if (folds.isEmpty() || seeds.isEmpty()) {
            throw new IllegalArgumentException(
                    folds.size() + " folds and " + seeds.size() + " seeds; at least 1 of each");
        }
        this.epochs = Objects.requireNonNull(epochs, "epochs");
        this.folds = List.copyOf(folds);
        this.seeds = List.copyOf(seeds);
        seeds.forEach(seed -> folds.forEach(fold -> parts.add(new Part(fold, seed))));
    }

    /** All epochs. */
    public EpochSet epochs() {
        return epochs;
    }

    /** All folds. */
    public List<Fold> folds() {
        return folds;
    }

    /** Each fold is trained with each of them. */
    public List<Long> seeds() {
        return seeds;
    }

    /** All parts, every fold with the first seed before those with the next one. */
    public List<Part> parts() {
        return List.copyOf(parts);
    }

    /** The parts without a result. */
    public List<Part> remaining() {
        return parts.stream().filter(part -> !results.containsKey(part)).toList();
    }

    /** The training epochs: whatever is fitted for this part must see only these. */
    public EpochSet train(Part part) {
        return epochs.subset(part.fold().train());
    }

    /** The test epochs. */
    public EpochSet test(Part part) {
        return epochs.subset(part.fold().test());
    }

    /**
     * Adds the predictions of a part.
     *
     * @param part that was trained; an earlier result is replaced
     * @param probabilities {@code [epochs][classes]} of its test epochs, in their order
     * @return the result
     */
    public Result add(Part part, double[][] probabilities) {
        if (!parts.contains(part)) {
            throw new IllegalArgumentException("No part of this cross-validation: " + part);
        }
        int[] truth = truth(part);
        int columns = epochs.classNames().size();
        if (probabilities.length != truth.length
                || Arrays.stream(probabilities).anyMatch(row -> row.length != columns)) {
            throw new IllegalArgumentException(
                    String.format(
                            "Fold %s: %d predictions; needed are %d, of %d classes",
                            part.fold().name(), probabilities.length, truth.length, columns));
        }
        Result result =
                new Result(
                        part, probabilities, Metrics.of(probabilities, truth, epochs.classNames()));
        results.put(part, result);
        return result;
    }

    private int[] truth(Part part) {
        int[] classes = epochs.classes();
        return Arrays.stream(part.fold().test()).map(i -> classes[i]).toArray();
    }

    /** The results so far, in the order of {@link #parts}. */
    public List<Result> results() {
        return parts.stream().map(results::get).filter(Objects::nonNull).toList();
    }

    /** Number of epochs by true class (row) and predicted class (column), summed over all parts. */
    public int[][] confusion() {
        int classes = epochs.classNames().size();
        int[][] sum = new int[classes][classes];
        for (Result result : results()) {
            for (int i = 0; i < classes; i++) {
                for (int j = 0; j < classes; j++) {
                    sum[i][j] += result.metrics().confusion()[i][j];
                }
            }
        }
        return sum;
    }

    /** Mean over all parts in which the score is defined; null if it is in none. */
    public Double mean(Score score) {
        return mean(results(), score);
    }

    /**
     * Sample standard deviation over the folds of a fold's mean over the seeds: how much runs,
     * sessions or people differ. Null if the score is defined in fewer than two.
     */
    public Double sdOfFolds(Score score) {
        return deviation(score, result -> result.part().fold());
    }

    /**
     * Sample standard deviation over the seeds of a seed's mean over the folds: how much the result
     * depends on initial weights and the order of the examples. Null if the score is defined for
     * fewer than two.
     */
    public Double sdOfSeeds(Score score) {
        return deviation(score, result -> result.part().seed());
    }

    private Double deviation(Score score, Function<Result, Object> group) {
        double[] means =
                results().stream().collect(Collectors.groupingBy(group)).values().stream()
                        .map(members -> mean(members, score))
                        .filter(Objects::nonNull)
                        .mapToDouble(Double::doubleValue)
                        .toArray();
        if (means.length < 2) {
            return null;
        }
        double mean = Arrays.stream(means).average().orElseThrow();
        double squares = Arrays.stream(means).map(value -> (value - mean) * (value - mean)).sum();
        return Math.sqrt(squares / (means.length - 1));
    }

    /** Mean over the seeds, of one fold; null if the score is not defined in it. */
    public Double mean(Score score, Fold fold) {
        return mean(
                results().stream().filter(result -> result.part().fold() == fold).toList(), score);
    }

    private static Double mean(Collection<Result> of, Score score) {
        double[] values =
                of.stream()
                        .map(result -> score.of(result.metrics()))
                        .filter(Objects::nonNull)
                        .mapToDouble(Double::doubleValue)
                        .toArray();
        return values.length == 0 ? null : Arrays.stream(values).average().orElseThrow();
    }
}
