package org.lamina.zoo.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Groups the commands about the networks there are. */
@Command(
        name = "zoo",
        mixinStandardHelpOptions = true,
        description = "Tells about the networks there are: 'zoo list', 'zoo show eegnet'.")
final class ZooCommand implements Runnable {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "What about the zoo? One of: " + String.join(", ", spec.subcommands().keySet()));
    }
}
