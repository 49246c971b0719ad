package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.api.Model;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.ChannelStandardizer;
import org.lamina.zoo.data.Recording;
import org.lamina.zoo.training.Checkpoint;
import org.lamina.zoo.training.ModelCard;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.training.TrainingState;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a network for EEG and writes model, metrics and report. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
final class TrainEegCommand implements Callable<Integer> {
    private final Console console;
    private final Zoo.Entry network;

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Mixin private final Threads threads = new Threads();

    @Mixin private final TrainOptions options = new TrainOptions();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Folder of the results; those of an earlier run there are replaced"
                            + " (NETWORK-DATE-TIME).")
    private Path out;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description =
                    "Go on with the interrupted run whose results folder this is; no other switch.")
    private Path resume;

    @Option(
            names = "--recompute-bn",
            description =
                    "After training, take the statistics that evaluation normalizes with from the"
                            + " training data without dropout (the running ones, of training).")
    private void recomputeBatchNorm(boolean given) {
        options.recomputeBatchNorm = given;
    }

    private TrainEegCommand(Console console, Zoo.Entry network) {
        this.console = console;
        this.network = network;
    }

    /** The command for a network. */
    static CommandLine of(Console console, Zoo.Entry network) {
        CommandLine line = new CommandLine(new TrainEegCommand(console, network));
        line.getCommandSpec()
                .usageMessage()
                .description(
                        String.format(
                                "Trains %s on recordings, or on simulated EEG if no data are named."
                                        + " Presets: %s. In parentheses: what holds if a switch is"
                                        + " not given.",
                                network.title(), String.join(", ", network.eeg().get().presets())));
        return line;
    }

    @Override
    public Integer call() throws IOException {
        return resume == null ? start() : goOn();
    }

    private int start() throws IOException {
        List<Recording> recordings =
                TrainingData.load(
                        options.data,
                        options.reading.reader(),
                        options.runsToRead(),
                        options.channels == null ? List.of() : options.channels,
                        options.seed);
        TrainSettings settings = options.resolve(network, recordings);
        TrainingData data = TrainingData.of(settings, recordings);
        Model model =
                settings.architecture(
                                data.train().channels().size(),
                                data.train().samples(),
                                data.train().classNames().size())
                        .init();
        ModelCard card =
                new ModelCard(
                        network.name(),
                        data.train().classNames(),
                        data.train().channels(),
                        data.train().samplingRate(),
                        data.train().samples(),
                        data.epoching(),
                        TrainingData.describe(settings, data.train()),
                        settings.simulated(),
                        settings.toMap());
        long fingerprint = data.fingerprint();
        ModelFile file =
                new ModelFile(model, ChannelStandardizer.of(data.train()), card.ofRun(fingerprint));
        try (OutputFolder folder = OutputFolder.create(out, network.name())) {
            return new TrainingRun(console, settings, data, file, folder)
                    .run(new Checkpoint(file, TrainingState.start(), fingerprint));
        }
    }

    private int goOn() throws IOException {
        try (OutputFolder folder = OutputFolder.goOn(resume)) {
            Checkpoint checkpoint = CheckpointedTraining.resume(spec, folder, network.name());
            TrainSettings settings = TrainSettings.fromMap(checkpoint.model().card().settings());
            TrainingData data = TrainingData.of(settings, TrainingData.load(settings));
            CheckpointedTraining.checkData(checkpoint, data.fingerprint(), settings.data());
            return new TrainingRun(console, settings, data, checkpoint.model(), folder)
                    .run(checkpoint);
        }
    }
}
