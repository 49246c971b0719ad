package org.lamina.zoo.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Groups the networks that can be trained. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Trains a network, for example: 'train eegnet', 'train nfnet-tiny'.")
final class TrainCommand implements Runnable {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "Which network? One of: " + String.join(", ", spec.subcommands().keySet()));
    }
}
