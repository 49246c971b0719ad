package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.evaluation.ChanceLevel;
import org.lamina.zoo.evaluation.CrossValidation;
import org.lamina.zoo.evaluation.CrossValidation.Result;
import org.lamina.zoo.evaluation.Score;
import org.lamina.zoo.evaluation.ScoreTable;
import org.lamina.zoo.report.CrossValidationReport;

/**
 * Prints what a cross-validation does and writes its results.
 *
 * @param run id of the cross-validation
 */
record CrossvalFiles(
        Console console, CrossvalSettings settings, CrossValidation validation, String run) {

    void announce() {
        EpochSet epochs = validation.epochs();
        console.print("%s on %s", settings.network.entry().title(), data());
        console.print("  data        %s", Texts.counts(epochs));
        console.print(
                "  folds       %s, %d of %d trained",
                divided(),
                validation.parts().size() - validation.remaining().size(),
                validation.parts().size());
        EegRun.noteSimulation(console, settings);
    }

    private String data() {
        return TrainingData.describe(settings, validation.epochs());
    }

    private String divided() {
        return String.format(
                "%d by %s, %d %s",
                validation.folds().size(),
                settings.folds.matches("\\d+") ? "class" : settings.folds,
                validation.seeds().size(),
                validation.seeds().size() == 1 ? "seed" : "seeds");
    }

    /** Writes and prints the results. */
    void write(OutputFolder out) throws IOException {
        OutputFolder.writeJson(out.metrics(), metrics());
        report().write(out.report());
        // Last, so that a run that is killed before can be resumed.
        Files.deleteIfExists(out.checkpoint());
        ScoreTable table = ScoreTable.of(validation);
        List<String[]> rows = new ArrayList<>();
        rows.add(table.header().toArray(String[]::new));
        table.parts().forEach(row -> rows.add(row.toArray(String[]::new)));
        table.summary().forEach(row -> rows.add(row.toArray(String[]::new)));
        console.print("");
        Texts.table(rows).forEach(line -> console.print("  %s", line));
        console.print("%n%s", ScoreTable.chance(validation));
        console.print("%nSaved in %s:", out.path());
        console.print("  predictions.csv  class probabilities of every epoch");
        console.print("  metrics.json     results and settings");
        console.print("  report.html      the table above, confusion matrix, scores by fold");
    }

    private Map<String, Object> metrics() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("network", settings.network.name);
        json.put("run", run);
        json.put("data", data());
        json.put("simulated", settings.data.simulated());
        json.put("mean", scores(validation::mean));
        json.put("sdOfFolds", scores(validation::sdOfFolds));
        json.put("sdOfSeeds", scores(validation::sdOfSeeds));
        json.put("chance", chance(validation.epochs().classCounts()));
        json.put("parts", validation.results().stream().map(CrossvalFiles::part).toList());
        json.put("threads", Threads.count());
        json.put("settings", settings.ofAllParts());
        return json;
    }

    private static Map<String, Object> part(Result result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("fold", result.part().fold().name());
        json.put("seed", result.part().seed());
        json.put("chance", chance(result.metrics().classCounts()));
        json.put("test", result.metrics());
        return json;
    }

    private static Map<String, Double> scores(Function<Score, Double> value) {
        Map<String, Double> scores = new LinkedHashMap<>();
        for (Score score : Score.values()) {
            scores.put(score.field(), value.apply(score));
        }
        return scores;
    }

    private static Map<String, ChanceLevel> chance(int[] counts) {
        Map<String, ChanceLevel> chance = new LinkedHashMap<>();
        chance.put(Score.ACCURACY.field(), ChanceLevel.ofAccuracy(counts));
        chance.put(Score.BALANCED_ACCURACY.field(), ChanceLevel.ofBalancedAccuracy(counts));
        return chance;
    }

    private CrossValidationReport report() {
        EpochSet epochs = validation.epochs();
        Map<String, String> facts =
                EegRun.facts(
                        settings,
                        epochs,
                        new TreeMap<>(
                                Map.of(
                                        "epochs", Texts.counts(epochs),
                                        "folds", divided(),
                                        "run", run)));
        Map<String, String> set = settings.toText();
        set.keySet().removeAll(List.of("channels", "data", "part", "train-runs", "test-runs"));
        return new CrossValidationReport(
                "Cross-validation of " + settings.title(),
                data(),
                settings.data.simulated(),
                validation,
                facts,
                set);
    }
}
