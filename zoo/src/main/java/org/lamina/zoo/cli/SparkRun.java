package org.lamina.zoo.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.recording.RecordingId;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.modelfile.ModelCard;
import org.lamina.zoo.spark.HadoopFiles;
import org.lamina.zoo.spark.Position;
import org.lamina.zoo.spark.PreparedEpochs;
import org.lamina.zoo.spark.SparkTraining;
import org.lamina.zoo.training.TrainingState;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** One training on Spark, from the recordings to the files in the results folder. */
final class SparkRun {
    /** Number of training epochs that suffice for the report's patterns. */
    private static final int MOST_REPORTED = 240;

    private final Console console;
    private final SparkTrainCommand command;
    private final Zoo.Entry network;

    /**
     * @param network to train; null for that of the resumed run
     */
    SparkRun(Console console, SparkTrainCommand command, Zoo.Entry network) {
        this.console = console;
        this.command = command;
        this.network = network;
    }

    /** Trains; returns the exit code. */
    int run() throws IOException {
        try (SparkCluster spark = SparkCluster.connect(command.master)) {
            SparkWork work =
                    new SparkWork(spark.context(), HadoopFiles.of(spark.context()), command.work);
            work.files().removeLeftovers(work.checkpointFile());
            SparkStart start = command.resume ? SparkStart.resume(work) : null;
            String name = start == null ? network.name() : start.settings().network.name;
            if (network != null && !name.equals(network.name())) {
                throw new UsageException(
                        "%s: that run trains %s, not %s",
                        work.checkpointFile(), name, network.name());
            }
            try (OutputFolder out = OutputFolder.create(command.out, name)) {
                if (start == null) {
                    start = SparkStart.prepare(console, command, network, work);
                }
                return train(spark, work, start, out);
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            // SparkException, which Scala does not declare
            throw SparkCluster.failure(e);
        }
    }

    private int train(SparkCluster spark, SparkWork work, SparkStart start, OutputFolder out)
            throws IOException {
        int workers =
                command.workers == null ? spark.context().defaultParallelism() : command.workers;
        SparkTraining training =
                SparkTraining.builder(spark.context())
                        .workers(workers)
                        .averagingFrequency(command.averaging)
                        .seed(start.settings().seed)
                        .build();
        announce(spark, start, workers);
        SparkProgress progress =
                new SparkProgress(
                        console, work, start, command.checkpointSeconds, training::requestStop);
        try (Interruption interruption = spark.interruption(training::requestStop)) {
            if (!progress.complete()) {
                training.fit(
                        start.model().network(),
                        start.epochs().train(),
                        start.settings().epochs,
                        new Position(start.state().history().size(), start.state().batches()),
                        progress);
            }
            if (!progress.complete()) {
                progress.save();
                CheckpointedTraining.announceInterruption(
                        console,
                        progress.state(),
                        work.checkpointFile(),
                        String.format(
                                "spark-train --resume --work %s --out %s, and --master, --workers,"
                                        + " --averaging as before",
                                Texts.quoted(work.folder()), Texts.quoted(out.path().toString())));
                return ExitCode.INTERRUPTED;
            }
            finish(work, start, progress, out);
            work.clear();
            return ExitCode.OK;
        }
    }

    private void announce(SparkCluster spark, SparkStart start, int workers) {
        EegRun.announce(console, start.settings(), start.model(), sets(start.epochs()));
        console.print(
                "  Spark       %s, %d workers, averaging every %d updates",
                spark.context().master(), workers, command.averaging);
        CheckpointedTraining.announce(console, start.state());
    }

    private void finish(SparkWork work, SparkStart start, SparkProgress progress, OutputFolder out)
            throws IOException {
        TrainingState state = progress.state();
        PreparedEpochs epochs = start.epochs();
        if (start.settings().plan().earlyStopping() && state.best() != null) {
            start.model().network().setParams(state.best());
        }
        Map<String, Metrics> measured = new LinkedHashMap<>();
        measured.put("test", progress.evaluate(epochs.test()));
        measured.put(
                "validation",
                epochs.validation() == null ? null : progress.evaluate(epochs.validation()));
        measured.put("train", progress.evaluate(epochs.train()));
        EpochSet reported = reported(work, start);
        RunFiles results =
                new RunFiles(
                        start.settings(),
                        start.model(),
                        state.history(),
                        measured,
                        EegRun.facts(start.settings(), reported, sets(epochs)),
                        reported,
                        null);
        results.write(out);
        results.print(console, out);
    }

    private static Map<String, String> sets(PreparedEpochs epochs) {
        Map<String, String> sets = new LinkedHashMap<>();
        List<String> names = List.of("train", "validation", "test");
        for (int i = 0; i < names.size(); i++) {
            if (Arrays.stream(epochs.counts()[i]).sum() > 0) {
                sets.put(names.get(i), Texts.counts(epochs.counts()[i], epochs.classNames()));
            }
        }
        return sets;
    }

    /** Some of the training epochs, as they were recorded. */
    private static EpochSet reported(SparkWork work, SparkStart start) {
        int batch = start.settings().batch;
        int wanted = (MOST_REPORTED + batch - 1) / batch;
        DataSet some = DataSet.merge(start.epochs().train().read(work.context()).take(wanted));
        start.epochs().normalizer().revert(some);
        INDArray labels = some.getLabels();
        int[] classes =
                labels.size(1) == 1
                        ? labels.castTo(DataType.INT32).toIntVector()
                        : labels.argMax(1).toIntVector();
        ModelCard card = start.model().card();
        return new EpochSet(
                some.getFeatures(),
                classes,
                card.classes(),
                Collections.nCopies(classes.length, RecordingId.ofRun("")),
                card.channels(),
                card.samplingRate(),
                card.data());
    }
}
