package org.lamina.zoo.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.lamina.zoo.evaluation.CrossValidation.Result;

/**
 * Scores of a cross-validation as texts.
 *
 * @param header titles of the columns
 * @param parts a row for each fold and seed
 * @param summary mean and standard deviations
 */
public record ScoreTable(
        List<String> header, List<List<String>> parts, List<List<String>> summary) {

    /** The table of what is done. */
    public static ScoreTable of(CrossValidation validation) {
        List<String> header = new ArrayList<>(List.of("fold", "seed", "epochs"));
        Arrays.stream(Score.values()).forEach(score -> header.add(score.title()));
        header.add("chance of accuracy");
        List<List<String>> parts = new ArrayList<>();
        for (Result result : validation.results()) {
            parts.add(
                    row(
                            result.part().fold().name(),
                            Long.toString(result.part().seed()),
                            Integer.toString(result.metrics().examples()),
                            score -> score.of(result.metrics()),
                            text(ChanceLevel.ofAccuracy(result.metrics().classCounts()))));
        }
        List<List<String>> summary = new ArrayList<>();
        summary.add(
                row(
                        "mean",
                        "",
                        Integer.toString(validation.epochs().size()),
                        validation::mean,
                        text(ChanceLevel.ofAccuracy(validation.epochs().classCounts()))));
        summary.add(row("sd of folds", "", "", validation::sdOfFolds, ""));
        if (validation.seeds().size() > 1) {
            summary.add(row("sd of seeds", "", "", validation::sdOfSeeds, ""));
        }
        return new ScoreTable(header, parts, summary);
    }

    private static List<String> row(
            String fold,
            String seed,
            String epochs,
            Function<Score, Double> scores,
            String chance) {
        List<String> row = new ArrayList<>(List.of(fold, seed, epochs));
        for (Score score : Score.values()) {
            Double value = scores.apply(score);
            row.add(value == null ? "-" : String.format(Locale.ROOT, "%.3f", value));
        }
        row.add(chance);
        return row;
    }

    /** What the chance levels are, and those of all epochs together. */
    public static String chance(CrossValidation validation) {
        int[] counts = validation.epochs().classCounts();
        return String.format(
                Locale.ROOT,
                "Chance for %d epochs, with its 95 %% interval: accuracy %s by always choosing the"
                        + " most frequent class, balanced accuracy %s.",
                validation.epochs().size(),
                text(ChanceLevel.ofAccuracy(counts)),
                text(ChanceLevel.ofBalancedAccuracy(counts)));
    }

    private static String text(ChanceLevel chance) {
        return String.format(
                Locale.ROOT, "%.3f (%.3f to %.3f)", chance.level(), chance.low(), chance.high());
    }
}
