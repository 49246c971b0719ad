package org.lamina.zoo.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.lamina.zoo.modelfile.Checkpoint;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.training.DivergenceException;
import org.lamina.zoo.training.Trainer;
import org.lamina.zoo.training.TrainerListener;
import org.lamina.zoo.training.TrainingHistory;
import org.lamina.zoo.training.TrainingState;

/** Runs a trainer with a progress display and saves checkpoints, regularly and on interruption. */
final class CheckpointedTraining {
    private static final long CHECKPOINT_EVERY_NANOS = 15_000_000_000L;

    private final Console console;
    private final ClassifierSettings settings;
    private final ModelFile model;
    private final OutputFolder out;
    private final long fingerprint;
    private long lastCheckpoint;

    /** Number of epochs in the newest checkpoint; -1 if there is none. */
    private int savedEpochs = -1;

    /**
     * @param settings of the run
     * @param model to train
     * @param fingerprint of the training data
     */
    CheckpointedTraining(
            Console console,
            ClassifierSettings settings,
            ModelFile model,
            OutputFolder out,
            long fingerprint) {
        this.console = console;
        this.settings = settings;
        this.model = model;
        this.out = out;
        this.fingerprint = fingerprint;
    }

    /**
     * Trains to the end; returns false if the program was interrupted, after saving a checkpoint.
     */
    boolean run(Trainer trainer) throws IOException {
        TrainingState from = trainer.state();
        savedEpochs = Files.exists(out.checkpoint()) ? from.history().size() : -1;
        announce(console, from);
        long done = (long) from.history().size() * trainer.batchesPerEpoch() + from.batches();
        try (Interruption interruption = new Interruption(trainer::requestStop)) {
            boolean complete;
            try (ProgressDisplay display =
                    new ProgressDisplay(
                            console, settings.epochs, trainer.batchesPerEpoch(), done)) {
                complete = trainer.run(withCheckpoints(display, trainer));
            } catch (DivergenceException e) {
                throw new DivergenceException(e.getMessage() + lastGood());
            }
            if (!complete) {
                checkpoint(trainer.state());
                // While the shutdown hook waits; afterwards the program may exit before it is done.
                out.close();
                announceInterruption(
                        console,
                        trainer.state(),
                        out.checkpoint(),
                        String.format(
                                "%s %s --resume %s%s",
                                settings.command(),
                                model.card().network(),
                                Texts.quoted(out.path().toString()),
                                Threads.asGiven()));
            }
            return complete;
        }
    }

    /** Prints where an interrupted training continues. */
    static void announce(Console console, TrainingState from) {
        if (from.history().size() > 0 || from.batches() > 0) {
            console.print(
                    "Resuming after epoch %d and %d batches.",
                    from.history().size(), from.batches());
        }
    }

    /**
     * Prints how to continue an interrupted training.
     *
     * @param checkpoint path of the file
     * @param command that continues it
     */
    static void announceInterruption(
            Console console, TrainingState state, Object checkpoint, String command) {
        console.print("Interrupted in epoch %d.", state.history().size() + 1);
        console.print("Checkpoint saved: %s", checkpoint);
        console.print("Resume with: %s %s", Console.program(), command);
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
                if (savedEpochs < 0
                        || System.nanoTime() - lastCheckpoint > CHECKPOINT_EVERY_NANOS) {
                    try {
                        checkpoint(trainer.state());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        };
    }

    private String lastGood() {
        return savedEpochs < 0
                ? "; there is no checkpoint yet"
                : String.format(
                        "; the last good checkpoint, of %d epochs, is %s",
                        savedEpochs, out.checkpoint());
    }

    private void checkpoint(TrainingState state) throws IOException {
        if (!Networks.isFinite(model.network())) {
            // The loss was computed before the update, whose effect shows only in the next loss.
            throw new DivergenceException(
                    "Training diverged: the last update left parameters that are not finite"
                            + lastGood());
        }
        savedEpochs = state.history().size();
        new Checkpoint(model, state, fingerprint).save(out.checkpoint());
        lastCheckpoint = System.nanoTime();
    }
}
