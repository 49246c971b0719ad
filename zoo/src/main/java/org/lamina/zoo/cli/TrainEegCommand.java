package org.lamina.zoo.cli;

import java.util.List;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.modelfile.ModelFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Trains a network for EEG. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
final class TrainEegCommand extends EegCommand<EegSettings> {
    private TrainEegCommand(Console console, Zoo.Entry network) {
        super(console, network, new EegSettings());
    }

    /** The command for a network. */
    static CommandLine of(Console console, Zoo.Entry network) {
        CommandLine line = new CommandLine(new TrainEegCommand(console, network));
        line.getCommandSpec()
                .usageMessage()
                .description(
                        String.format(
                                "Trains %s on recordings, or on simulated EEG if no data are named."
                                        + " Presets: %s. Defaults are in parentheses.",
                                network.title(), String.join(", ", network.eeg().get().presets())));
        return line;
    }

    @Override
    TrainingRun begin() {
        List<Recording> recordings = TrainingData.load(settings);
        TrainingData data = TrainingData.of(settings.settle(network, recordings), recordings);
        long fingerprint = data.fingerprint();
        return new EegRun(
                console,
                EegTraining.begin(settings, data, settings.toMap(), fingerprint),
                fingerprint);
    }

    @Override
    TrainingRun again(ModelFile model) {
        EegSettings begun = ClassifierSettings.read(model.card().settings(), EegSettings.class);
        TrainingData data = TrainingData.of(begun, TrainingData.load(begun));
        return new EegRun(console, new EegTraining(begun, data, model), data.fingerprint());
    }
}
