package org.lamina.zoo.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.epochs.EpochExtractor;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.modelfile.Checkpoint;
import org.lamina.zoo.modelfile.ModelCard;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.spark.PreparedEpochs;
import org.lamina.zoo.spark.SparkRecordings;
import org.lamina.zoo.training.TrainingState;

/**
 * What a training on Spark starts from.
 *
 * @param settings of the run
 * @param epochs to train and measure with
 * @param model as it is
 * @param state where training stands
 */
record SparkStart(
        EegSettings settings, PreparedEpochs epochs, ModelFile model, TrainingState state) {

    /** Reads the recordings, prepares their epochs and makes a network for them. */
    static SparkStart prepare(
            Console console, SparkTrainCommand command, Zoo.Entry network, SparkWork work)
            throws IOException {
        EegSettings settings = command.settings;
        SparkRecordings recordings =
                SparkRecordings.open(
                        work.context(),
                        settings.data.folder,
                        settings.data.reading.reader(),
                        List.copyOf(settings.data.runsToRead()),
                        settings.data.channelsToRead(),
                        command.skipBadFiles);
        if (!recordings.skipped().isEmpty()) {
            recordings.skipped().forEach(problem -> console.warn("skipped %s", problem));
            console.warn("%d recordings skipped", recordings.skipped().size());
        }
        List<Recording> summaries = recordings.summaries();
        settings.settle(network, summaries);
        EpochingOptions cut = EpochExtractor.named(summaries, settings.data.epoching());
        int classes = (int) cut.labels().values().stream().distinct().count();
        PreparedEpochs epochs =
                PreparedEpochs.write(
                        recordings.epochs(cut),
                        new PreparedEpochs.Split(
                                settings.data.testRuns,
                                TrainingData.TEST_SHARE,
                                settings.validation,
                                settings.seed),
                        settings.batch,
                        settings.network.oneOutput(classes),
                        work.epochs());
        int channels = cut.channels().size();
        int samples = (int) epochs.train().read(work.context()).first().getFeatures().size(3);
        double rate = cut.resampleHz() > 0 ? cut.resampleHz() : summaries.get(0).samplingRate();
        Model model =
                settings.architecture(channels, samples, epochs.classNames(), epochs.counts()[0])
                        .init();
        ModelCard card =
                new ModelCard(
                        settings.network.name,
                        epochs.classNames(),
                        cut.channels(),
                        rate,
                        samples,
                        cut,
                        TrainingData.describe(settings, channels, rate, samples),
                        false,
                        settings.toMap());
        // That of an earlier run, whose epochs were replaced.
        work.deleteCheckpoint();
        return new SparkStart(
                settings,
                epochs,
                new ModelFile(model, epochs.normalizer(), card.ofRun(fingerprint(epochs))),
                TrainingState.start());
    }

    /** Resumes from a checkpoint. */
    static SparkStart resume(SparkWork work) throws IOException {
        Checkpoint checkpoint = work.load();
        PreparedEpochs epochs = PreparedEpochs.open(work.context(), work.epochs());
        if (checkpoint.fingerprint() != fingerprint(epochs)) {
            throw new UsageException(
                    work.epochs()
                            + ": the epochs are not those that the interrupted run began with");
        }
        return new SparkStart(
                ClassifierSettings.read(checkpoint.model().card().settings(), EegSettings.class),
                epochs,
                checkpoint.model(),
                checkpoint.state());
    }

    Checkpoint checkpoint(TrainingState now) {
        return new Checkpoint(model, now, fingerprint(epochs));
    }

    private static long fingerprint(PreparedEpochs epochs) {
        return 31L * Arrays.deepHashCode(epochs.counts()) + epochs.normalizer().hashCode();
    }
}
