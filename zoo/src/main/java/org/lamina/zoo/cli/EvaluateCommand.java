package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.epochs.EpochExtractor;
import org.lamina.zoo.data.epochs.EpochIterator;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.epochs.ScaleCheck;
import org.lamina.zoo.data.files.RecordingFolder;
import org.lamina.zoo.data.image.ImageIterator;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.data.iterator.PassIterator;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.evaluation.NonFiniteOutputException;
import org.lamina.zoo.modelfile.ModelCard;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures a saved model on labelled recordings. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures a saved model on recordings with events, or on images with labels,"
                        + " preprocessed as in training.")
final class EvaluateCommand implements Callable<Integer> {
    private static final int BATCH = 64;

    private final Console console;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder of recordings or, for a model for images, of images as it was trained"
                        + " on: a folder for each class, within 'test' if there is one, or the t10k"
                        + " files of a data set in MNIST's format; required unless the model was"
                        + " trained on generated data.")
    private Path data;

    @Option(
            names = "--runs",
            split = ",",
            paramLabel = "RUN",
            description =
                    "Runs to evaluate (all; of simulated EEG, the test runs of the training).")
    private List<String> runs;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Also write the results to this JSON file.")
    private Path out;

    @Mixin private final ModelUse use = new ModelUse();

    EvaluateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        OutputFolder.checkFile(out);
        SavedModel saved = use.load(console);
        return saved.forImages() ? images(saved) : recordings(saved);
    }

    private int images(SavedModel saved) throws IOException {
        if (runs != null) {
            throw new UsageException("--runs: " + use.model + " is for images, which have no runs");
        }
        ModelCard card = saved.file().card();
        if (data == null && !card.simulated()) {
            throw new UsageException(
                    "--data is missing: " + use.model + " was trained on images, name some");
        }
        ImageSettings trained = ClassifierSettings.read(card.settings(), ImageSettings.class);
        ImageSet set =
                data == null
                        ? ImageData.generatedTest(trained.seed)
                        : ImageData.test(data, card, trained);
        if (data != null && trained.isPartOf(data)) {
            console.warn(
                    "the model was trained on a part of these images, so the result is too good");
        }
        ImageIterator iterator = ImageIterator.inOrder(set, BATCH);
        console.print(
                "%s on %s%d images",
                use.model, data == null ? "generated shapes: " : data + ": ", set.size());
        report(saved, iterator, n -> "image " + n);
        return ExitCode.OK;
    }

    private int recordings(SavedModel saved) throws IOException {
        List<Recording> recordings = load(saved);
        warnOfTrainingData(saved, recordings);
        EpochingOptions epoching = saved.epoching();
        EpochSet set =
                epoching.alignment().apply(EpochExtractor.extractAvailable(recordings, epoching));
        int[] counts = set.classCounts();
        for (int k = 0; k < counts.length; k++) {
            if (counts[k] == 0) {
                console.warn("no epoch of class '%s' to measure with", set.classNames().get(k));
            }
        }
        Optional<ScaleCheck> scale = saved.scaleCheck();
        scale.ifPresent(check -> check.add(set.features()));
        scale.flatMap(ScaleCheck::warning)
                .ifPresent(warning -> console.warn("%s: %s", data, warning));
        EpochIterator iterator = EpochIterator.inOrder(set, BATCH);
        console.print(
                "%s on %s%s",
                use.model, data == null ? "simulated EEG: " : data + ": ", Texts.counts(set));
        report(
                saved,
                iterator,
                n ->
                        String.format(
                                "epoch %d of %d (run %s, class '%s')",
                                n + 1,
                                set.size(),
                                set.runs().get(n),
                                set.classNames().get(set.classes()[n])));
        return ExitCode.OK;
    }

    private void report(SavedModel saved, PassIterator iterator, IntFunction<String> example)
            throws IOException {
        iterator.setPreProcessor(saved.file().normalizer());
        Metrics metrics;
        try {
            metrics = Metrics.of(saved.file().network(), iterator);
        } catch (NonFiniteOutputException e) {
            throw new DataException(
                    "%s: the output for %s is not a number; the weights, or these samples,"
                            + " are far from those of the training",
                    use.model, example.apply(e.example()), e);
        }
        Texts.confusion(metrics).forEach(line -> console.print("  %s", line));
        console.print("  %s", Texts.scores(metrics));
        if (out != null) {
            OutputFolder.writeJson(out, metrics);
        }
    }

    /** Warns if the model was trained on these recordings, which makes results too good. */
    private void warnOfTrainingData(SavedModel saved, List<Recording> recordings)
            throws IOException {
        EegSettings settings =
                ClassifierSettings.read(saved.file().card().settings(), EegSettings.class);
        boolean sameFolder =
                data == null || settings.data.folder == null
                        ? data == null && settings.data.folder == null
                        : Files.isDirectory(Path.of(settings.data.folder))
                                && Files.isSameFile(data, Path.of(settings.data.folder));
        Set<String> trained = new LinkedHashSet<>();
        recordings.forEach(recording -> trained.add(recording.run()));
        if (!settings.data.trainRuns.isEmpty()) {
            trained.retainAll(settings.data.trainRuns);
        }
        if (sameFolder && !trained.isEmpty()) {
            console.warn(
                    "the model was trained on %s of these recordings, so the result is too good%s",
                    settings.data.trainRuns.isEmpty()
                            ? "a part"
                            : "run " + String.join(", ", trained),
                    settings.data.testRuns.isEmpty()
                            ? ""
                            : "; it was tested on --runs "
                                    + String.join(",", settings.data.testRuns));
        }
    }

    private List<Recording> load(SavedModel saved) {
        List<String> channels = saved.epoching().channelsToRead();
        if (data != null) {
            return RecordingFolder.open(data, use.recordings.reader())
                    .load(runs == null ? List.of() : runs, channels);
        }
        if (!saved.file().card().simulated()) {
            throw new UsageException(
                    "--data is missing: " + use.model + " was trained on recordings, name some");
        }
        Switches.refuse(
                use.recordings,
                "simulated EEG is not read from files; name recordings with --data");
        EegSettings settings =
                ClassifierSettings.read(saved.file().card().settings(), EegSettings.class);
        return TrainingData.simulated(
                settings, runs == null ? settings.data.testRuns : runs, channels);
    }
}
