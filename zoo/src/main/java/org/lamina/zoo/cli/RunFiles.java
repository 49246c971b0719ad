package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.zoo.ClassWeightedLoss;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.report.SignalPropagation;
import org.lamina.zoo.report.TrainingReport;
import org.lamina.zoo.training.TrainingHistory;

/**
 * Writes and prints the results of a finished run.
 *
 * @param settings of the run
 * @param model trained
 * @param history of training
 * @param measured results by name of the set, the test's first; null for one that is empty
 * @param facts about the data, name and value
 * @param trained some or all of the training epochs, for the report's patterns; null for images
 * @param propagation of noise through the untrained network, for the report; null for none
 */
record RunFiles(
        ClassifierSettings settings,
        ModelFile model,
        TrainingHistory history,
        Map<String, Metrics> measured,
        Map<String, String> facts,
        EpochSet trained,
        SignalPropagation propagation) {

    void write(OutputFolder out) throws IOException {
        model.save(out.model());
        OutputFolder.writeJson(out.metrics(), metrics());
        report(out).write(out.report());
        // Last, so that a run that is killed before can be resumed.
        Files.deleteIfExists(out.checkpoint());
    }

    void print(Console console, OutputFolder out) {
        console.print(
                "%nTrained %d epochs in %.1f s; kept epoch %d%s.",
                history.size(),
                history.seconds(),
                keptEpoch(),
                settings.plan().earlyStopping()
                        ? ", the one with the " + settings.plan().chooseBy().description()
                        : ", the last");
        Metrics test = measured.get("test");
        if (trained == null) {
            console.print(
                    "Test accuracy %.4f, loss %.4f on %d images (parameters averaged over updates)",
                    test.accuracy(), test.loss(), test.examples());
        } else {
            console.print(
                    "Test%s on %d epochs:",
                    model.card().simulated() ? " (simulated EEG)" : "", test.examples());
            Texts.confusion(test).forEach(line -> console.print("  %s", line));
            console.print("  %s", Texts.scores(test));
        }
        console.print("%nSaved in %s:", out.path());
        console.print("  model.zip     network, normalizer and settings");
        console.print("  metrics.json  results and settings");
        console.print(
                "  report.html   learning curves, confusion matrix, %s",
                trained == null ? "signal propagation" : "filters");
        console.print("Next:");
        nextCommands(out).forEach(command -> console.print("  %s", command));
    }

    /** Weight of each class in the loss; null if they are the same. */
    private static Map<String, Double> classWeights(ModelFile model) {
        if (!(Networks.loss(model.network()) instanceof ClassWeightedLoss loss)) {
            return null;
        }
        Map<String, Double> weights = new LinkedHashMap<>();
        for (int k = 0; k < loss.weights().length; k++) {
            weights.put(model.card().classes().get(k), loss.weights()[k]);
        }
        return weights;
    }

    static void announceWeights(Console console, ModelFile model) {
        Map<String, Double> weights = classWeights(model);
        if (weights != null) {
            console.print("  weights     %s", Texts.weights(weights));
        }
    }

    private int keptEpoch() {
        return settings.plan().keptEpoch(history);
    }

    private List<String> nextCommands(OutputFolder out) {
        String program = Console.program();
        String file = Texts.quoted(out.model().toString());
        return List.of(
                program + " evaluate " + file + settings.evaluateArguments(),
                program + " predict " + file + settings.predictArguments(),
                program + " summary " + file);
    }

    private Map<String, Object> metrics() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("network", model.card().network());
        json.put("run", model.card().run());
        json.put("data", model.card().data());
        json.put("simulated", model.card().simulated());
        json.putAll(measured);
        json.put("classWeights", classWeights(model));
        json.put("seed", settings.seed);
        json.put("threads", Threads.count());
        json.put("seconds", history.seconds());
        json.put("epochs", history.size());
        json.put("keptEpoch", keptEpoch());
        json.put("parameters", model.network().numParams());
        json.put("settings", settings.toMap());
        json.put("history", history.epochs());
        return json;
    }

    private TrainingReport report(OutputFolder out) {
        Map<String, Metrics> results = new LinkedHashMap<>(measured);
        results.values().removeIf(metrics -> metrics == null);
        Map<String, String> all = new LinkedHashMap<>(facts);
        Map<String, Double> weights = classWeights(model);
        if (weights != null) {
            all.put("class weights", Texts.weights(weights));
        }
        all.put("classes", String.join(", ", model.card().classes()));
        all.put("run", model.card().run());
        Map<String, String> set = settings.toText();
        set.keySet().removeAll(List.of("channels", "data"));
        return new TrainingReport(
                settings.title(),
                model,
                trained,
                history,
                keptEpoch(),
                results,
                all,
                set,
                nextCommands(out),
                propagation);
    }
}
