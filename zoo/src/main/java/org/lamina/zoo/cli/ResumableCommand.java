package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.lamina.zoo.modelfile.Checkpoint;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.training.TrainingState;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Trains a network and writes model, metrics and report, or resumes an interrupted run.
 *
 * @param <S> the settings, which the command's switches set
 */
abstract class ResumableCommand<S extends ClassifierSettings> implements Callable<Integer> {

    final Console console;
    private final String network;

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Mixin final S settings;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Folder for the results, which replace those of an earlier run"
                            + " (NETWORK-DATE-TIME).")
    private Path out;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Resume the interrupted run with this results folder; no other switches.")
    private Path resume;

    @Mixin
    @SuppressWarnings("unused") // picocli sets the number
    private final Threads threads = new Threads();

    /**
     * @param network its name
     * @param settings with their defaults
     */
    ResumableCommand(Console console, String network, S settings) {
        this.console = console;
        this.network = network;
        this.settings = settings;
    }

    /** A new run, with the settings given. */
    abstract ResumableRun begin() throws IOException;

    /** An interrupted run, with its data as they are now. */
    abstract ResumableRun again(ModelFile model) throws IOException;

    /** Switches that are allowed beside {@code --resume}. */
    Set<String> withResume() {
        return Set.of(Threads.OPTION);
    }

    @Override
    public Integer call() throws IOException {
        if (resume != null) {
            return resumed();
        }
        ResumableRun run = begin();
        try (OutputFolder folder = OutputFolder.create(out, network)) {
            return run.from(TrainingState.start(), folder);
        }
    }

    private int resumed() throws IOException {
        Switches.checkResume(spec, withResume());
        try (OutputFolder folder = OutputFolder.resume(resume)) {
            Checkpoint checkpoint = checkpoint(folder);
            ResumableRun run = again(checkpoint.model());
            if (run.fingerprint() != checkpoint.fingerprint()) {
                throw new UsageException(
                        "%s: these are not the data that the interrupted run began with",
                        run.source());
            }
            return run.from(checkpoint.state(), folder);
        }
    }

    /** The checkpoint of this network's run in a folder. */
    private Checkpoint checkpoint(OutputFolder folder) throws IOException {
        if (!Files.isRegularFile(folder.checkpoint())) {
            throw new UsageException(
                    "%s: no checkpoint.zip there, so no interrupted run to resume%s",
                    folder.path(), Files.exists(folder.report()) ? " (the run is complete)" : "");
        }
        Checkpoint checkpoint = Checkpoint.load(folder.checkpoint());
        if (Files.exists(folder.model())
                && !Objects.equals(
                        checkpoint.model().card().run(),
                        ModelFile.load(folder.model()).card().run())) {
            // The results of another run would be replaced.
            throw new UsageException(
                    "%s: model.zip there is not of the run of checkpoint.zip; move one of them"
                            + " elsewhere",
                    folder.path());
        }
        String trained = checkpoint.model().card().network();
        if (!trained.equals(network)) {
            throw new UsageException(
                    folder.path() + ": that run trains " + trained + ", not " + network);
        }
        String command = ClassifierSettings.commandOf(checkpoint.model().card().settings());
        if (!command.equals(settings.command())) {
            throw new UsageException(
                    "%s: that run was begun by '%s', not by '%s'",
                    folder.path(), command, settings.command());
        }
        return checkpoint;
    }
}
