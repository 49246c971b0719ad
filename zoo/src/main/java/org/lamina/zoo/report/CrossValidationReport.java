package org.lamina.zoo.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.lamina.zoo.evaluation.ChanceLevel;
import org.lamina.zoo.evaluation.CrossValidation;
import org.lamina.zoo.evaluation.Fold;
import org.lamina.zoo.evaluation.Score;
import org.lamina.zoo.evaluation.ScoreTable;
import org.lamina.zoo.io.AtomicFile;

/**
 * The report of a cross-validation, as one HTML file without external links.
 *
 * @param title heading
 * @param subtitle about the data
 * @param simulated whether they are simulated
 * @param validation complete
 * @param facts about the data, name and value
 * @param settings of the run, name and value
 */
public record CrossValidationReport(
        String title,
        String subtitle,
        boolean simulated,
        CrossValidation validation,
        Map<String, String> facts,
        Map<String, String> settings) {

    /**
     * Writes the file atomically.
     *
     * @param file to create or replace
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        AtomicFile.write(file, html());
    }

    /**
     * @return the file's content
     * @throws IOException if the template cannot be read
     */
    public String html() throws IOException {
        ScoreTable table = ScoreTable.of(validation);
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("title", title);
        values.put("subtitle", subtitle);
        values.put("simulated", simulated);
        values.put("tiles", Page.pairs(tiles()));
        values.put("header", table.header());
        values.put("rows", cells(table.parts()));
        values.put("summary", cells(table.summary()));
        values.put("chance", ScoreTable.chance(validation));
        values.put("classes", validation.epochs().classNames());
        values.put(
                "confusion",
                Page.confusion(validation.epochs().classNames(), validation.confusion()));
        values.put("chart", chart());
        values.put("facts", Page.pairs(facts));
        values.put("settings", Page.pairs(settings));
        return Page.html("crossval.html", values);
    }

    private Map<String, String> tiles() {
        Map<String, String> tiles = new LinkedHashMap<>();
        for (Score score : List.of(Score.BALANCED_ACCURACY, Score.ACCURACY, Score.AUC)) {
            tiles.put(
                    score.title()
                            + ", mean; sd of folds "
                            + Page.score(validation.sdOfFolds(score)),
                    Page.score(validation.mean(score)));
        }
        tiles.put("folds", Integer.toString(validation.folds().size()));
        tiles.put("seeds", Integer.toString(validation.seeds().size()));
        tiles.put("epochs of EEG", Integer.toString(validation.epochs().size()));
        return tiles;
    }

    private static List<Map<String, Object>> cells(List<List<String>> rows) {
        return rows.stream().map(row -> Map.<String, Object>of("cells", row)).toList();
    }

    /** Balanced accuracy by fold, averaged over the seeds, and the upper end of chance. */
    private String chart() {
        List<Fold> folds = validation.folds();
        double[] number = IntStream.rangeClosed(1, folds.size()).asDoubleStream().toArray();
        double[] score = new double[number.length];
        double[] chance = new double[number.length];
        for (int i = 0; i < number.length; i++) {
            score[i] = validation.mean(Score.BALANCED_ACCURACY, folds.get(i));
            int[] counts = validation.epochs().subset(folds.get(i).test()).classCounts();
            chance[i] = ChanceLevel.ofBalancedAccuracy(counts).high();
        }
        return Charts.large(
                "fold",
                "balanced accuracy",
                List.of(
                        new Charts.Line("mean of the seeds", number, score, Charts.BLUE),
                        new Charts.Line(
                                "chance, upper end of the 95 % interval",
                                number, chance, Charts.GRAY)),
                1.0);
    }
}
