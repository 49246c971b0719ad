package org.lamina.zoo.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.training.Trainer;
import org.lamina.zoo.training.TrainingHistory;
import org.lamina.zoo.training.TrainingState;

/** One training of a network for EEG. */
final class EegRun extends TrainingRun {
    private final EegTraining training;
    private final EegSettings settings;
    private final TrainingData data;

    EegRun(Console console, EegTraining training, long fingerprint) {
        super(console, training.settings(), training.model(), fingerprint);
        this.training = training;
        this.settings = training.settings();
        this.data = training.data();
    }

    @Override
    void announce() {
        announce(console, settings, model, sets());
        noteSimulation(console, settings);
    }

    static void noteSimulation(Console console, EegSettings settings) {
        if (settings.data.simulated()) {
            console.print("NOTE: the EEG is simulated. Nothing about people follows from it.");
        }
    }

    /**
     * Prints what is trained on what.
     *
     * @param sets description of the epochs of each set, by name of the set
     */
    static void announce(
            Console console, EegSettings settings, ModelFile model, Map<String, String> sets) {
        console.print("%s on %s", settings.network.entry().title(), model.card().data());
        sets.forEach((name, counts) -> console.print("  %-11s %s", name, counts));
        RunFiles.announceWeights(console, model);
        console.print(
                "  network     %d parameters; kernel length %d, seed %d",
                model.network().numParams(), settings.network.kernelLength, settings.seed);
    }

    @Override
    Trainer trainer(TrainingState from) {
        return training.trainer(from);
    }

    @Override
    RunFiles results(TrainingHistory history) {
        training.finish();
        Map<String, Metrics> measured = new LinkedHashMap<>();
        measured.put("test", training.evaluate(data.test()));
        measured.put(
                "validation",
                data.validation() == null ? null : training.evaluate(data.validation()));
        measured.put("train", training.evaluate(data.train()));
        Map<String, String> facts = facts(settings, data.train(), sets());
        return new RunFiles(settings, model, history, measured, facts, data.train(), null);
    }

    /**
     * What a report says about the data.
     *
     * @param epochs some or all of them
     * @param sets description of the epochs of each set, by name of the set
     */
    static Map<String, String> facts(
            EegSettings settings, EpochSet epochs, Map<String, String> sets) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "source",
                settings.data.simulated()
                        ? "simulated: " + epochs.description()
                        : settings.data.folder);
        facts.putAll(sets);
        // PhysioNet pads names with dots.
        facts.put("channels", String.join(", ", epochs.channels()).replaceAll("\\.+(?=,|$)", ""));
        facts.put("sampling rate", Texts.number(epochs.samplingRate()) + " Hz");
        facts.put("samples of an epoch", Integer.toString(epochs.samples()));
        return facts;
    }

    private Map<String, String> sets() {
        Map<String, String> sets = new LinkedHashMap<>();
        sets.put("train", Texts.counts(data.train()));
        if (data.validation() != null) {
            sets.put("validation", Texts.counts(data.validation()));
        }
        sets.put("test", Texts.counts(data.test()));
        return sets;
    }
}
