package org.lamina.zoo.cli;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.modelfile.ModelFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Cross-validates a network for EEG; refers to no class of Spark. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
final class CrossvalEegCommand extends EegCommand<CrossvalSettings> {
    private static final String MASTER = "--master";

    @Option(
            names = MASTER,
            paramLabel = "URL",
            description =
                    "Train on a Spark cluster, each fold in a task of one thread:"
                            + " spark://HOST:7077, local[2], ... (in this program, one fold after"
                            + " another)")
    private String master;

    private CrossvalEegCommand(Console console, Zoo.Entry network) {
        super(console, network, new CrossvalSettings());
    }

    /** The command for a network. */
    static CommandLine of(Console console, Zoo.Entry network) {
        CommandLine line = new CommandLine(new CrossvalEegCommand(console, network));
        CommandSpec spec = line.getCommandSpec();
        for (String option : List.of("--train-runs", "--test-runs")) {
            spec.remove(spec.findOption(option));
        }
        spec.usageMessage()
                .description(
                        String.format(
                                "Cross-validates %s on recordings, or on simulated EEG if no data"
                                        + " are named: everything that is fitted sees the training"
                                        + " folds only. Presets: %s. Defaults are in parentheses.",
                                network.title(), String.join(", ", network.eeg().get().presets())));
        return line;
    }

    @Override
    Set<String> withResume() {
        return Set.of(Threads.OPTION, MASTER);
    }

    @Override
    public Integer call() throws IOException {
        if (master != null) {
            SparkTrainCommand.requireSpark();
        }
        return super.call();
    }

    @Override
    ResumableRun begin() {
        settings.chooseRuns();
        List<Recording> recordings = TrainingData.load(settings);
        EpochSet epochs = TrainingData.cut(settings.settle(network, recordings), recordings);
        CrossvalRun run = new CrossvalRun(console, settings, epochs, null, master);
        run.tryFirst();
        return run;
    }

    @Override
    ResumableRun again(ModelFile model) {
        CrossvalSettings begun =
                ClassifierSettings.read(model.card().settings(), CrossvalSettings.class);
        EpochSet epochs = TrainingData.cut(begun, TrainingData.load(begun));
        return new CrossvalRun(console, begun, epochs, model, master);
    }
}
