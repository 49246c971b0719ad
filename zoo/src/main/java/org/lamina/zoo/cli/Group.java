package org.lamina.zoo.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** A command that only groups subcommands. */
@Command(mixinStandardHelpOptions = true, versionProvider = Main.Version.class)
final class Group implements Runnable {
    private final String question;

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    private Group(String question) {
        this.question = question;
    }

    /**
     * @param description for its help
     * @param question for the error if no subcommand is given
     */
    static CommandLine of(String name, String description, String question) {
        CommandLine line = new CommandLine(new Group(question));
        line.getCommandSpec().name(name).usageMessage().description(description);
        return line;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                question + " One of: " + String.join(", ", spec.subcommands().keySet()));
    }
}
