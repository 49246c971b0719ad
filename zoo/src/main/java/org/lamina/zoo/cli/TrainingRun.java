package org.lamina.zoo.cli;

import java.io.IOException;
import java.util.List;
import org.lamina.zoo.data.EpochIterator;
import org.lamina.zoo.data.EpochSet;
import org.lamina.zoo.training.Checkpoint;
import org.lamina.zoo.training.Metrics;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.training.Trainer;
import org.lamina.zoo.training.TrainerListener;
import org.lamina.zoo.training.TrainingHistory;
import org.lamina.zoo.training.TrainingState;

/** One training from its first (or next) batch to the files in the results folder. */
final class TrainingRun {
    private static final long CHECKPOINT_EVERY_NANOS = 15_000_000_000L;
    private static final int EVALUATION_BATCH = 64;

    private final Console console;
    private final TrainSettings settings;
    private final TrainingData data;
    private final ModelFile model;
    private final OutputFolder out;
    private final long fingerprint;
    private long lastCheckpoint = System.nanoTime();

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
        this.fingerprint = data.fingerprint();
    }

    /** Trains from a state on; returns the exit code. */
    int run(TrainingState from) throws IOException {
        announce(from);
        Trainer trainer =
                new Trainer(
                        model.network(),
                        settings.plan(),
                        data.train(),
                        data.validation(),
                        model.normalizer(),
                        from);
        try (Interruption interruption = new Interruption(trainer::requestStop)) {
            boolean complete;
            try (ProgressDisplay display =
                    new ProgressDisplay(
                            console,
                            settings.epochs(),
                            trainer.batchesPerEpoch(),
                            (long) from.history().size() * trainer.batchesPerEpoch()
                                    + from.batches())) {
                complete = trainer.run(withCheckpoints(display, trainer));
            }
            if (!complete) {
                checkpoint(trainer.state());
                console.print("Interrupted in epoch %d.", trainer.state().history().size() + 1);
                console.print("Checkpoint saved: %s", out.checkpoint());
                console.print(
                        "Go on with: %s train eegnet --resume %s", Console.program(), out.path());
                return Main.INTERRUPTED;
            }
            finish(trainer.state().history());
            return Main.OK;
        }
    }

    private void announce(TrainingState from) {
        console.print("EEGNet on %s", model.card().data());
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
        if (from.history().size() > 0 || from.batches() > 0) {
            console.print(
                    "Going on after epoch %d and %d batches.",
                    from.history().size(), from.batches());
        }
    }

    private TrainerListener withCheckpoints(ProgressDisplay display, Trainer trainer) {
        return new TrainerListener() {
            @Override
            public void onBatch(int epoch, int batch, int batches, double loss) {
                display.onBatch(epoch, batch, batches, loss);
            }

            @Override
            public void onEpoch(TrainingHistory.Epoch epoch, boolean best) {
                display.onEpoch(epoch, best);
                if (System.nanoTime() - lastCheckpoint > CHECKPOINT_EVERY_NANOS) {
                    try {
                        checkpoint(trainer.state());
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }
            }
        };
    }

    private void checkpoint(TrainingState state) throws IOException {
        new Checkpoint(model, state, fingerprint).save(out.checkpoint());
        lastCheckpoint = System.nanoTime();
    }

    private void finish(TrainingHistory history) throws IOException {
        RunFiles files =
                new RunFiles(
                        settings,
                        data,
                        model,
                        history,
                        evaluate(data.test()),
                        data.validation() == null ? null : evaluate(data.validation()),
                        evaluate(data.train()));
        files.write(out, nextCommands());
        printResults(files);
    }

    private Metrics evaluate(EpochSet set) {
        EpochIterator iterator = EpochIterator.inOrder(set, EVALUATION_BATCH);
        iterator.setPreProcessor(model.normalizer());
        return Metrics.of(model.network(), iterator);
    }

    private void printResults(RunFiles files) {
        console.print(
                "%nTrained %d epochs in %.1f s; kept epoch %d%s.",
                files.history().size(),
                files.history().seconds(),
                files.keptEpoch(),
                settings.plan().earlyStopping()
                        ? ", the one with the smallest validation loss"
                        : ", the last");
        console.print(
                "Test%s on %d epochs:",
                settings.simulated() ? " (simulated EEG)" : "", files.test().examples());
        Texts.confusion(files.test()).forEach(line -> console.print("  %s", line));
        console.print("  %s", Texts.scores(files.test()));
        console.print("%nSaved in %s:", out.path());
        console.print("  model.zip     network, normalizer and preprocessing settings");
        console.print("  metrics.json  results and settings");
        console.print("  report.html   learning curves, confusion matrix, filters and patterns");
        console.print("How to go on:");
        nextCommands().forEach(command -> console.print("  %s", command));
    }

    private List<String> nextCommands() {
        String program = Console.program();
        String file = Texts.quoted(out.model().toString());
        String evaluated = "";
        if (settings.testRuns().isEmpty()) {
            // A part of the only run was trained on: the result would be too good.
            evaluated = " --data OTHER_RECORDINGS";
        } else if (!settings.simulated()) {
            evaluated =
                    " --data "
                            + Texts.quoted(settings.data())
                            + " --runs "
                            + Texts.quoted(String.join(",", settings.testRuns()));
        }
        return List.of(
                program + " evaluate " + file + evaluated,
                program + " predict " + file + " RECORDING",
                program + " summary " + file);
    }
}
