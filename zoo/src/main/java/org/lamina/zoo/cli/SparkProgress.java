package org.lamina.zoo.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.spark.Position;
import org.lamina.zoo.spark.PreparedBatches;
import org.lamina.zoo.spark.Round;
import org.lamina.zoo.spark.RoundListener;
import org.lamina.zoo.spark.SparkInference;
import org.lamina.zoo.training.TrainingHistory;
import org.lamina.zoo.training.TrainingPlan;
import org.lamina.zoo.training.TrainingState;

/** The progress of a training on Spark: measured after every epoch, printed, saved regularly. */
final class SparkProgress implements RoundListener {
    private static final long PRINT_EVERY_NANOS = 1_000_000_000L;

    private final Console console;
    private final SparkWork work;
    private final SparkStart start;
    private final double checkpointNanos;
    private final Runnable stop;
    private TrainingState state;
    private long lastCheckpoint = System.nanoTime();
    private long lastLine;

    /**
     * @param checkpointSeconds minimum time between checkpoints
     * @param stop called when the plan is fulfilled
     */
    SparkProgress(
            Console console,
            SparkWork work,
            SparkStart start,
            int checkpointSeconds,
            Runnable stop) {
        this.console = console;
        this.work = work;
        this.start = start;
        this.checkpointNanos = checkpointSeconds * 1e9;
        this.stop = stop;
        this.state = start.state();
    }

    TrainingState state() {
        return state;
    }

    @Override
    public void onRound(Round round, Position position) {
        int done =
                position.batches() > 0
                        ? position.batches() - state.batches()
                        : start.epochs().train().count() - state.batches();
        state = state.afterBatches(done, round.loss(), round.examples(), round.seconds());
        long now = System.nanoTime();
        if (now - lastLine > PRINT_EVERY_NANOS) {
            lastLine = now;
            console.print(
                    "Epoch %3d/%d  round %d/%d  loss %.3f  %.0f samples/s  %s left",
                    round.epoch(),
                    start.settings().epochs,
                    round.number(),
                    round.rounds(),
                    round.loss(),
                    round.examplesPerSecond(),
                    ProgressDisplay.time(round.secondsLeft()));
        }
        if (position.batches() > 0) {
            saveIfDue();
        }
    }

    @Override
    public void onEpoch(int number, double loss, double seconds, Position position) {
        long begin = System.nanoTime();
        Metrics onTraining = evaluate(start.epochs().train());
        Metrics onValidation =
                start.epochs().validation() == null ? null : evaluate(start.epochs().validation());
        TrainingPlan plan = start.settings().plan();
        TrainingHistory.Epoch epoch =
                TrainingHistory.Epoch.of(
                        number,
                        state.meanLoss(),
                        onTraining,
                        onValidation,
                        state.seconds() + (System.nanoTime() - begin) / 1e9);
        state = state.afterEpoch(epoch, plan, start.model().network().params());
        console.print(
                "Epoch %3d/%d  loss %.3f  accuracy %.3f%s",
                number,
                start.settings().epochs,
                epoch.loss(),
                epoch.trainAccuracy(),
                Texts.validation(epoch, plan.endsBest(state.history())));
        saveIfDue();
        if (complete()) {
            stop.run();
        }
    }

    boolean complete() {
        return start.settings().plan().fulfilledBy(state.history());
    }

    Metrics evaluate(PreparedBatches set) {
        return SparkInference.evaluate(
                start.model().network(), set.read(work.context()), start.epochs().classNames());
    }

    private void saveIfDue() {
        if (System.nanoTime() - lastCheckpoint >= checkpointNanos) {
            save();
        }
    }

    /** Saves a checkpoint. */
    void save() {
        try {
            work.save(start.checkpoint(state));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lastCheckpoint = System.nanoTime();
    }
}
