package org.lamina.zoo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.EpochExtractor;
import org.lamina.zoo.data.EpochSet;
import org.lamina.zoo.data.EpochingOptions;
import org.lamina.zoo.data.Recording;
import org.lamina.zoo.spark.HadoopFiles;
import org.lamina.zoo.spark.Position;
import org.lamina.zoo.spark.PreparedBatches;
import org.lamina.zoo.spark.PreparedEpochs;
import org.lamina.zoo.spark.Round;
import org.lamina.zoo.spark.RoundListener;
import org.lamina.zoo.spark.SparkInference;
import org.lamina.zoo.spark.SparkRecordings;
import org.lamina.zoo.spark.SparkTraining;
import org.lamina.zoo.training.Checkpoint;
import org.lamina.zoo.training.Metrics;
import org.lamina.zoo.training.ModelCard;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.training.TrainingHistory;
import org.lamina.zoo.training.TrainingState;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** One training on Spark, from the recordings to the files in the results folder. */
final class SparkRun {
    private static final long PRINT_EVERY_NANOS = 1_000_000_000L;

    /** The report's patterns need no more. */
    private static final int MOST_REPORTED = 240;

    private final Console console;
    private final SparkTrainCommand command;
    private final OutputFolder out;
    private JavaSparkContext context;
    private HadoopFiles files;
    private TrainSettings settings;
    private PreparedEpochs epochs;
    private ModelFile model;
    private TrainingState state;
    private long lastCheckpoint = System.nanoTime();
    private long lastLine;

    SparkRun(Console console, SparkTrainCommand command) {
        this.console = console;
        this.command = command;
        this.out = OutputFolder.create(command.out, SparkTrainCommand.NETWORK.name());
    }

    int run() throws IOException {
        try (SparkCluster spark = SparkCluster.connect(command.master)) {
            context = spark.context();
            files = HadoopFiles.of(context);
            if (command.resume) {
                goOn();
            } else {
                prepare();
            }
            announce();
            train();
            finish();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            // SparkException, which Scala does not declare: what went wrong in a task.
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof DataException) {
                    throw new DataException(cause.getMessage(), e);
                }
            }
            throw new IllegalStateException("Spark: " + e.getMessage(), e);
        }
        return Main.OK;
    }

    private String prepared() {
        return command.work + "/epochs";
    }

    private String checkpointFile() {
        return command.work + "/checkpoint.zip";
    }

    private void prepare() throws IOException {
        List<String> channels =
                command.options.channels == null ? List.of() : command.options.channels;
        SparkRecordings recordings =
                SparkRecordings.open(
                        context,
                        command.options.data,
                        command.runs(),
                        channels,
                        command.skipBadFiles);
        if (!recordings.skipped().isEmpty()) {
            recordings.skipped().forEach(problem -> console.warn("skipped %s", problem));
            console.warn("%d recordings skipped", recordings.skipped().size());
        }
        List<Recording> summaries = recordings.summaries();
        settings = command.options.resolve(SparkTrainCommand.NETWORK, summaries);
        EpochingOptions cut = EpochExtractor.named(summaries, settings.epoching());
        int classes = (int) cut.labels().values().stream().distinct().count();
        epochs =
                PreparedEpochs.write(
                        recordings.epochs(cut),
                        new PreparedEpochs.Split(
                                settings.testRuns(),
                                TrainingData.TEST_SHARE,
                                settings.validation(),
                                settings.seed()),
                        settings.batch(),
                        settings.oneOutput(classes),
                        prepared());
        int samples = (int) firstBatch().getFeatures().size(3);
        double rate = cut.resampleHz() > 0 ? cut.resampleHz() : summaries.get(0).samplingRate();
        Model network = settings.architecture(cut.channels().size(), samples, classes).init();
        model =
                new ModelFile(
                        network,
                        epochs.normalizer(),
                        new ModelCard(
                                settings.network(),
                                epochs.classNames(),
                                cut.channels(),
                                rate,
                                samples,
                                cut,
                                TrainingData.describe(
                                        settings, cut.channels().size(), rate, samples),
                                false,
                                settings.toMap()));
        state = TrainingState.start();
        files.delete(checkpointFile());
    }

    private DataSet firstBatch() {
        return epochs.train().read(context).first();
    }

    private void goOn() throws IOException {
        if (!files.exists(checkpointFile())) {
            throw new UsageException(checkpointFile() + ": no checkpoint there to go on from");
        }
        Checkpoint checkpoint = files.readLocally(checkpointFile(), Checkpoint::load);
        epochs = PreparedEpochs.open(context, prepared());
        if (checkpoint.fingerprint() != fingerprint()) {
            throw new UsageException(
                    prepared() + ": the epochs are not those that the interrupted run began with");
        }
        model = checkpoint.model();
        settings = TrainSettings.fromMap(model.card().settings());
        state = checkpoint.state();
    }

    private long fingerprint() {
        return Arrays.deepHashCode(epochs.counts());
    }

    private void announce() {
        console.print("EEGNet on %s", model.card().data());
        sets().forEach((name, counts) -> console.print("  %-11s %s", name, counts));
        console.print(
                "  network     %d parameters; kernel length %d, seed %d",
                model.network().numParams(), settings.kernelLength(), settings.seed());
        console.print(
                "  Spark       %s, %d workers, averaging every %d updates",
                context.master(), workers(), command.averaging);
        if (state.history().size() > 0 || state.batches() > 0) {
            console.print(
                    "Going on after epoch %d and %d batches.",
                    state.history().size(), state.batches());
        }
    }

    private int workers() {
        return command.workers == null ? context.defaultParallelism() : command.workers;
    }

    private void train() {
        SparkTraining training =
                SparkTraining.builder(context)
                        .workers(workers())
                        .averagingFrequency(command.averaging)
                        .seed(settings.seed())
                        .build();
        if (stopsEarly()) {
            return;
        }
        training.fit(
                model.network(),
                epochs.train(),
                settings.epochs(),
                new Position(state.history().size(), state.batches()),
                new RoundListener() {
                    @Override
                    public void onRound(Round round, Position position) {
                        afterRound(round, position);
                    }

                    @Override
                    public void onEpoch(int epoch, double loss, double seconds, Position position) {
                        afterEpoch(epoch);
                        if (stopsEarly()) {
                            training.requestStop();
                        }
                    }
                });
    }

    private void afterRound(Round round, Position position) {
        int done =
                position.batches() > 0
                        ? position.batches() - state.batches()
                        : epochs.train().count() - state.batches();
        state = state.afterBatches(done, round.loss(), round.examples(), round.seconds());
        long now = System.nanoTime();
        if (now - lastLine > PRINT_EVERY_NANOS) {
            lastLine = now;
            console.print(
                    "Epoch %3d/%d  round %d/%d  loss %.3f  %.0f samples/s  %s left",
                    round.epoch(),
                    settings.epochs(),
                    round.number(),
                    round.rounds(),
                    round.loss(),
                    round.examplesPerSecond(),
                    ProgressDisplay.time(round.secondsLeft()));
        }
        if (position.batches() > 0) {
            checkpoint();
        }
    }

    private void afterEpoch(int number) {
        long begin = System.nanoTime();
        Metrics onTraining = evaluate(epochs.train());
        Metrics onValidation = epochs.validation() == null ? null : evaluate(epochs.validation());
        TrainingHistory.Epoch epoch =
                new TrainingHistory.Epoch(
                        number,
                        state.meanLoss(),
                        onTraining.accuracy(),
                        onValidation == null ? null : onValidation.loss(),
                        onValidation == null ? null : onValidation.accuracy(),
                        state.seconds() + (System.nanoTime() - begin) / 1e9);
        boolean best = state.history().with(epoch).bestEpoch() == number;
        INDArray kept =
                settings.plan().earlyStopping() && best
                        ? model.network().params().dup()
                        : state.best();
        state = state.afterEpoch(epoch, kept);
        console.print(
                "Epoch %3d/%d  loss %.3f  accuracy %.3f%s",
                number,
                settings.epochs(),
                epoch.loss(),
                epoch.trainAccuracy(),
                onValidation == null
                        ? ""
                        : String.format(
                                java.util.Locale.ROOT,
                                "  validation loss %.3f accuracy %.3f%s",
                                onValidation.loss(),
                                onValidation.accuracy(),
                                best ? " *" : ""));
        checkpoint();
    }

    private boolean stopsEarly() {
        TrainingHistory history = state.history();
        return settings.plan().earlyStopping()
                && history.size() - history.bestEpoch() >= settings.plan().patience();
    }

    private Metrics evaluate(PreparedBatches set) {
        return SparkInference.evaluate(model.network(), set.read(context), epochs.classNames());
    }

    private void checkpoint() {
        if (System.nanoTime() - lastCheckpoint < command.checkpointSeconds * 1e9) {
            return;
        }
        try {
            Path local = Files.createTempFile("lamina-", ".zip");
            try {
                new Checkpoint(model, state, fingerprint()).save(local);
                try (InputStream in = Files.newInputStream(local)) {
                    files.write(checkpointFile(), in::transferTo);
                }
            } finally {
                Files.deleteIfExists(local);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lastCheckpoint = System.nanoTime();
    }

    private void finish() throws IOException {
        if (settings.plan().earlyStopping() && state.best() != null) {
            model.network().setParams(state.best());
        }
        RunFiles results =
                new RunFiles(
                        settings,
                        reported(),
                        sets(),
                        model,
                        state.history(),
                        evaluate(epochs.test()),
                        epochs.validation() == null ? null : evaluate(epochs.validation()),
                        evaluate(epochs.train()));
        results.write(out);
        // Complete: what is left there would only mislead, and the batches are large.
        files.delete(checkpointFile());
        files.delete(prepared());
        results.print(console, out);
    }

    private Map<String, String> sets() {
        Map<String, String> sets = new LinkedHashMap<>();
        List<String> names = List.of("training", "validation", "test");
        for (int i = 0; i < names.size(); i++) {
            if (Arrays.stream(epochs.counts()[i]).sum() > 0) {
                sets.put(names.get(i), Texts.counts(epochs.counts()[i], epochs.classNames()));
            }
        }
        return sets;
    }

    /** Some of the training epochs, as they were recorded. */
    private EpochSet reported() {
        int wanted = (MOST_REPORTED + settings.batch() - 1) / settings.batch();
        DataSet some = DataSet.merge(epochs.train().read(context).take(wanted));
        epochs.normalizer().revert(some);
        INDArray labels = some.getLabels();
        int[] classes =
                labels.size(1) == 1
                        ? labels.castTo(org.nd4j.linalg.api.buffer.DataType.INT32).toIntVector()
                        : labels.argMax(1).toIntVector();
        ModelCard card = model.card();
        return new EpochSet(
                some.getFeatures(),
                classes,
                card.classes(),
                java.util.Collections.nCopies(classes.length, ""),
                card.channels(),
                card.samplingRate(),
                card.data());
    }
}
