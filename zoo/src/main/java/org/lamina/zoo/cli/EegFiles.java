package org.lamina.zoo.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.zoo.data.EpochSet;
import org.lamina.zoo.report.SignalPropagation;
import org.lamina.zoo.training.Metrics;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.training.TrainingHistory;

/** What a finished training of a network for EEG leaves. */
final class EegFiles extends RunFiles {
    private final EegSettings settings;
    private final EpochSet trained;
    private final Map<String, String> sets;

    /**
     * @param trained epochs it learned from, all or some of them
     * @param sets the epochs of each set in words, by name of the set
     */
    EegFiles(
            EegSettings settings,
            EpochSet trained,
            Map<String, String> sets,
            ModelFile model,
            TrainingHistory history,
            Map<String, Metrics> measured) {
        super(settings, model, history, measured);
        this.settings = settings;
        this.trained = trained;
        this.sets = sets;
    }

    /** Says what is trained on what. */
    static void announce(
            Console console, EegSettings settings, ModelFile model, Map<String, String> sets) {
        console.print("%s on %s", settings.network.entry().title(), model.card().data());
        sets.forEach((name, counts) -> console.print("  %-11s %s", name, counts));
        console.print(
                "  network     %d parameters; kernel length %d, seed %d",
                model.network().numParams(), settings.network.kernelLength, settings.seed);
    }

    @Override
    int keptEpoch() {
        return settings.plan().earlyStopping() ? history.bestEpoch() : history.size();
    }

    @Override
    void printResults(Console console) {
        console.print(
                "%nTrained %d epochs in %.1f s; kept epoch %d%s.",
                history.size(),
                history.seconds(),
                keptEpoch(),
                settings.plan().earlyStopping()
                        ? ", the one with the smallest validation loss"
                        : ", the last");
        console.print(
                "Test%s on %d epochs:",
                settings.data.simulated() ? " (simulated EEG)" : "", test().examples());
        Texts.confusion(test()).forEach(line -> console.print("  %s", line));
        console.print("  %s", Texts.scores(test()));
    }

    @Override
    List<String> nextSwitches() {
        String evaluated = "";
        if (settings.data.testRuns.isEmpty()) {
            // A part of the only run was trained on: the result would be too good.
            evaluated = " --data OTHER_RECORDINGS";
        } else if (!settings.data.simulated()) {
            evaluated =
                    " --data "
                            + Texts.quoted(settings.data.folder)
                            + " --runs "
                            + Texts.quoted(String.join(",", settings.data.testRuns));
        }
        String reading = settings.data.reading.switches();
        return List.of(evaluated + reading, " RECORDING" + reading);
    }

    @Override
    String title() {
        return settings.network.entry().title()
                + (settings.data.simulated() ? " on simulated EEG" : " on recorded EEG");
    }

    @Override
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "source",
                settings.data.simulated()
                        ? "simulated: " + trained.description()
                        : settings.data.folder);
        facts.putAll(sets);
        // PhysioNet pads names with dots.
        facts.put(
                "channels",
                String.join(", ", model.card().channels()).replaceAll("\\.+(?=,|$)", ""));
        facts.put("sampling rate", Texts.number(model.card().samplingRate()) + " Hz");
        facts.put("samples of an epoch", Integer.toString(model.card().samples()));
        return facts;
    }

    @Override
    EpochSet trained() {
        return trained;
    }

    @Override
    SignalPropagation propagation() {
        return null;
    }

    @Override
    String reported() {
        return "learning curves, confusion matrix, filters";
    }
}
