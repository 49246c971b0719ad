package org.lamina.zoo.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.zoo.data.EpochIterator;
import org.lamina.zoo.data.EpochSet;
import org.lamina.zoo.data.PassIterator;
import org.lamina.zoo.training.BatchNormStatistics;
import org.lamina.zoo.training.Metrics;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.training.Trainer;
import org.lamina.zoo.training.TrainingHistory;
import org.lamina.zoo.training.TrainingState;

/** One training of a network for EEG. */
final class EegRun extends TrainingRun {
    private static final int EVALUATION_BATCH = 64;

    private final EegSettings settings;
    private final TrainingData data;

    EegRun(
            Console console,
            EegSettings settings,
            TrainingData data,
            ModelFile model,
            long fingerprint) {
        super(console, settings, model, fingerprint);
        this.settings = settings;
        this.data = data;
    }

    @Override
    void announce() {
        announce(console, settings, model, sets());
        if (settings.data.simulated()) {
            console.print("NOTE: the EEG is simulated. Nothing about people follows from it.");
        }
    }

    /**
     * Says what is trained on what.
     *
     * @param sets the epochs of each set in words, by name of the set
     */
    static void announce(
            Console console, EegSettings settings, ModelFile model, Map<String, String> sets) {
        console.print("%s on %s", settings.network.entry().title(), model.card().data());
        sets.forEach((name, counts) -> console.print("  %-11s %s", name, counts));
        console.print(
                "  network     %d parameters; kernel length %d, seed %d",
                model.network().numParams(), settings.network.kernelLength, settings.seed);
    }

    @Override
    Trainer trainer(TrainingState from) {
        return new Trainer(
                        model.network(),
                        settings.plan(),
                        data.train(),
                        data.validation(),
                        model.normalizer(),
                        from)
                .augmenting(settings.augmentations(data.train()));
    }

    @Override
    RunFiles results(TrainingHistory history) {
        if (settings.recomputeBatchNorm) {
            BatchNormStatistics.recompute(model.network(), inOrder(data.train()));
        }
        Map<String, Metrics> measured = new LinkedHashMap<>();
        measured.put("test", evaluate(data.test()));
        measured.put("validation", data.validation() == null ? null : evaluate(data.validation()));
        measured.put("train", evaluate(data.train()));
        Map<String, String> facts = facts(settings, model, sets(), data.train().description());
        return new RunFiles(settings, model, history, measured, facts, data.train(), null);
    }

    /**
     * What a report says about the data.
     *
     * @param simulated what was simulated, if it was
     */
    static Map<String, String> facts(
            EegSettings settings, ModelFile model, Map<String, String> sets, String simulated) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "source",
                settings.data.simulated() ? "simulated: " + simulated : settings.data.folder);
        facts.putAll(sets);
        // PhysioNet pads names with dots.
        facts.put(
                "channels",
                String.join(", ", model.card().channels()).replaceAll("\\.+(?=,|$)", ""));
        facts.put("sampling rate", Texts.number(model.card().samplingRate()) + " Hz");
        facts.put("samples of an epoch", Integer.toString(model.card().samples()));
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

    private Metrics evaluate(EpochSet set) {
        return Metrics.of(model.network(), inOrder(set));
    }

    private PassIterator inOrder(EpochSet set) {
        return normalized(EpochIterator.inOrder(set, EVALUATION_BATCH));
    }
}
