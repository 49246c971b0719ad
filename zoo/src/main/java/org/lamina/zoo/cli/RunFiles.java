package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.zoo.data.EpochSet;
import org.lamina.zoo.report.SignalPropagation;
import org.lamina.zoo.report.TrainingReport;
import org.lamina.zoo.training.Metrics;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.training.TrainingHistory;

/** What a finished run leaves in its folder, and says in the end. */
abstract class RunFiles {
    final ModelFile model;
    final TrainingHistory history;
    private final Settings settings;
    private final Map<String, Metrics> measured;

    /**
     * @param model trained
     * @param history of training
     * @param measured results by name of the set, the test's first; null for one that is empty
     */
    RunFiles(
            Settings settings,
            ModelFile model,
            TrainingHistory history,
            Map<String, Metrics> measured) {
        this.settings = settings;
        this.model = model;
        this.history = history;
        this.measured = measured;
    }

    /** Of the report. */
    abstract String title();

    /** About the data, for the report. */
    abstract Map<String, String> facts();

    /** The switches of {@code evaluate} and {@code predict} for the same data. */
    abstract List<String> nextSwitches();

    /** Some of what was trained on, as it was recorded; null for images. */
    abstract EpochSet trained();

    /** Null if it is of no interest. */
    abstract SignalPropagation propagation();

    /** What the report shows, in a few words. */
    abstract String reported();

    abstract void printResults(Console console);

    /** Number of the epoch whose parameters the model has. */
    int keptEpoch() {
        return history.size();
    }

    final Metrics test() {
        return measured.get("test");
    }

    final void write(OutputFolder out) throws IOException {
        model.save(out.model());
        OutputFolder.writeJson(out.metrics(), metrics());
        report(out).write(out.report());
        // Until here a run that is killed goes on from it, and ends in a report.
        Files.deleteIfExists(out.checkpoint());
    }

    final void print(Console console, OutputFolder out) {
        printResults(console);
        console.print("%nSaved in %s:", out.path());
        console.print("  model.zip     network, normalizer and settings");
        console.print("  metrics.json  results and settings");
        console.print("  report.html   %s", reported());
        console.print("How to go on:");
        nextCommands(out).forEach(command -> console.print("  %s", command));
    }

    private List<String> nextCommands(OutputFolder out) {
        String program = Console.program();
        String file = Texts.quoted(out.model().toString());
        return List.of(
                program + " evaluate " + file + nextSwitches().get(0),
                program + " predict " + file + nextSwitches().get(1),
                program + " summary " + file);
    }

    private Map<String, Object> metrics() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("network", model.card().network());
        json.put("run", model.card().run());
        json.put("data", model.card().data());
        json.put("simulated", model.card().simulated());
        json.putAll(measured);
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
        Map<String, String> facts = new LinkedHashMap<>(facts());
        facts.put("classes", String.join(", ", model.card().classes()));
        facts.put("run", model.card().run());
        Map<String, String> set = settings.toText();
        set.keySet().removeAll(List.of("channels", "data"));
        return new TrainingReport(
                title(),
                model,
                trained(),
                history,
                keptEpoch(),
                results,
                facts,
                set,
                nextCommands(out),
                propagation());
    }
}
