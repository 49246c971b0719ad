package org.lamina.zoo.cli;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.ChannelStandardizer;
import org.lamina.zoo.data.EpochSet;
import org.lamina.zoo.data.Recording;
import org.lamina.zoo.training.ModelCard;
import org.lamina.zoo.training.ModelFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains a network for EEG. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
final class TrainEegCommand extends ResumableCommand<EegSettings> {
    private final Zoo.Entry network;

    @Option(
            names = "--recompute-bn",
            description =
                    "After training, take the statistics that evaluation normalizes with from the"
                            + " training data without dropout (the running ones, of training).")
    private void recomputeBatchNorm(boolean given) {
        settings.recomputeBatchNorm = given;
    }

    private TrainEegCommand(Console console, Zoo.Entry network) {
        super(console, network.name(), new EegSettings());
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
    TrainingRun begin() {
        List<Recording> recordings = TrainingData.load(settings);
        TrainingData data = TrainingData.of(settings.settle(network, recordings), recordings);
        EpochSet train = data.train();
        // What is wrong with them is said before there is anything else.
        settings.augmentations(train);
        Model model =
                settings.architecture(
                                train.channels().size(), train.samples(), train.classNames().size())
                        .init();
        long fingerprint = data.fingerprint();
        ModelCard card =
                new ModelCard(
                        network.name(),
                        train.classNames(),
                        train.channels(),
                        train.samplingRate(),
                        train.samples(),
                        data.epoching(),
                        TrainingData.describe(settings, train),
                        settings.data.simulated(),
                        settings.toMap());
        ModelFile file =
                new ModelFile(model, ChannelStandardizer.of(train), card.ofRun(fingerprint));
        return new EegRun(console, settings, data, file, fingerprint);
    }

    @Override
    TrainingRun again(ModelFile model) {
        EegSettings begun = Settings.read(model.card().settings(), EegSettings.class);
        TrainingData data = TrainingData.of(begun, TrainingData.load(begun));
        return new EegRun(console, begun, data, model, data.fingerprint());
    }
}
