package org.lamina.zoo.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.zoo.data.EpochIterator;
import org.lamina.zoo.data.EpochSet;
import org.lamina.zoo.training.BatchNormStatistics;
import org.lamina.zoo.training.Checkpoint;
import org.lamina.zoo.training.Metrics;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.training.Trainer;
import org.lamina.zoo.training.TrainingHistory;

/** One training from its first (or next) batch to the files in the results folder. */
final class TrainingRun {
    private static final int EVALUATION_BATCH = 64;

    private final Console console;
    private final TrainSettings settings;
    private final TrainingData data;
    private final ModelFile model;
    private final OutputFolder out;

    TrainingRun(
            Console console,
            TrainSettings settings,
            TrainingData data,
            ModelFile model,
            OutputFolder out) {
        this.console = console;
        this.settings = settings;
        this.data = data;
        this.model = model;
        this.out = out;
    }

    /** Trains from a state, of this model, on; returns the exit code. */
    int run(Checkpoint from) throws IOException {
        announce();
        Trainer trainer =
                new Trainer(
                        model.network(),
                        settings.plan(),
                        data.train(),
                        data.validation(),
                        model.normalizer(),
                        from.state());
        boolean complete =
                new CheckpointedTraining(console, model, out, from.fingerprint())
                        .run(trainer, settings.epochs());
        if (!complete) {
            return Main.INTERRUPTED;
        }
        if (settings.recomputeBatchNorm()) {
            BatchNormStatistics.recompute(model.network(), inOrder(data.train()));
        }
        finish(trainer.state().history());
        return Main.OK;
    }

    private void announce() {
        console.print("%s on %s", settings.entry().title(), model.card().data());
        console.print("  train       %s", Texts.counts(data.train()));
        if (data.validation() != null) {
            console.print("  validation  %s", Texts.counts(data.validation()));
        }
        console.print("  test        %s", Texts.counts(data.test()));
        console.print(
                "  network     %d parameters; kernel length %d, seed %d",
                model.network().numParams(), settings.kernelLength(), settings.seed());
        if (settings.simulated()) {
            console.print("NOTE: the EEG is simulated. Nothing about people follows from it.");
        }
    }

    private void finish(TrainingHistory history) throws IOException {
        Map<String, String> sets = new LinkedHashMap<>();
        sets.put("training", Texts.counts(data.train()));
        if (data.validation() != null) {
            sets.put("validation", Texts.counts(data.validation()));
        }
        sets.put("test", Texts.counts(data.test()));
        RunFiles files =
                new RunFiles(
                        settings,
                        data.train(),
                        sets,
                        model,
                        history,
                        evaluate(data.test()),
                        data.validation() == null ? null : evaluate(data.validation()),
                        evaluate(data.train()));
        files.write(out);
        files.print(console, out);
    }

    private Metrics evaluate(EpochSet set) {
        return Metrics.of(model.network(), inOrder(set));
    }

    private EpochIterator inOrder(EpochSet set) {
        EpochIterator iterator = EpochIterator.inOrder(set, EVALUATION_BATCH);
        iterator.setPreProcessor(model.normalizer());
        return iterator;
    }
}
