package org.lamina.zoo.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.lamina.zoo.training.Checkpoint;
import org.lamina.zoo.training.DivergenceException;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.training.Networks;
import org.lamina.zoo.training.Trainer;
import org.lamina.zoo.training.TrainerListener;
import org.lamina.zoo.training.TrainingHistory;
import org.lamina.zoo.training.TrainingState;

/**
 * Runs a trainer with a progress display. Checkpoints are saved from time to time, and when the
 * program is interrupted.
 */
final class CheckpointedTraining {
    private static final long CHECKPOINT_EVERY_NANOS = 15_000_000_000L;

    private final Console console;
    private final String command;
    private final ModelFile model;
    private final OutputFolder out;
    private final long fingerprint;
    private long lastCheckpoint;

    /** Epochs done when the newest checkpoint was saved; -1 if there is none. */
    private int savedEpochs = -1;

    /**
     * @param command that goes on with what was interrupted
     * @param model that is trained
     * @param fingerprint of the training data
     */
    CheckpointedTraining(
            Console console, String command, ModelFile model, OutputFolder out, long fingerprint) {
        this.console = console;
        this.command = command;
        this.model = model;
        this.out = out;
        this.fingerprint = fingerprint;
    }

    /** Trains on; false if the program was interrupted, and the checkpoint is saved. */
    boolean run(Trainer trainer, int epochs) throws IOException {
        TrainingState from = trainer.state();
        savedEpochs = Files.exists(out.checkpoint()) ? from.history().size() : -1;
        if (from.history().size() > 0 || from.batches() > 0) {
            console.print(
                    "Going on after epoch %d and %d batches.",
                    from.history().size(), from.batches());
        }
        long done = (long) from.history().size() * trainer.batchesPerEpoch() + from.batches();
        try (Interruption interruption = new Interruption(trainer::requestStop)) {
            boolean complete;
            try (ProgressDisplay display =
                    new ProgressDisplay(console, epochs, trainer.batchesPerEpoch(), done)) {
                complete = trainer.run(withCheckpoints(display, trainer));
            } catch (DivergenceException e) {
                throw new DivergenceException(e.getMessage() + lastGood());
            }
            if (!complete) {
                checkpoint(trainer.state());
                // While the end is held up; later the program may be gone before it is done.
                out.close();
                console.print("Interrupted in epoch %d.", trainer.state().history().size() + 1);
                console.print("Checkpoint saved: %s", out.checkpoint());
                console.print(
                        "Go on with: %s %s %s --resume %s%s",
                        Console.program(),
                        command,
                        model.card().network(),
                        Texts.quoted(out.path().toString()),
                        Threads.asGiven());
            }
            return complete;
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
            // The loss is that of before an update, which shows in the next one's.
            throw new DivergenceException(
                    "Training diverged: the last update left parameters that are no numbers"
                            + lastGood());
        }
        savedEpochs = state.history().size();
        new Checkpoint(model, state, fingerprint).save(out.checkpoint());
        lastCheckpoint = System.nanoTime();
    }
}
