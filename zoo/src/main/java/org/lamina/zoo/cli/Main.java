package org.lamina.zoo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Properties;
import org.deeplearning4j.config.DL4JSystemProperties;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.Zoo;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;

/**
 * Entry of the command line. Exit codes: 0 done; 1 failed (memory or disk full, training diverged,
 * or an error in the program); 2 the command cannot be carried out as given; 3 data or a file
 * cannot be used; 130 interrupted. One line on standard error says why.
 */
public final class Main {
    private static final String DEBUG = "--debug";

    /** Version of the build. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
                Properties properties = new Properties();
                properties.load(in);
                return new String[] {"lamina " + properties.getProperty("version")};
            }
        }
    }

    private Main() {}

    /**
     * Runs a command and ends the program with its exit code.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        // Before the first logger is made; a program that uses the zoo keeps its own configuration.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "org/lamina/zoo/cli/logback.xml");
        }
        OpenMp.waitPassively();
        // Where memory is short DL4J would leave a dump in the current folder.
        System.setProperty(DL4JSystemProperties.CRASH_DUMP_ENABLED_PROPERTY, "false");
        // The report draws charts without a screen.
        System.setProperty("java.awt.headless", "true");
        Console console = new Console(System.out, System.err, System.console() != null);
        System.exit(run(args, console));
    }

    /**
     * Runs a command within a program.
     *
     * @param args the command and its options
     * @param out where results are printed
     * @param err where errors are printed
     * @return the exit code
     */
    public static int run(String[] args, PrintStream out, PrintStream err) {
        return run(args, new Console(out, err, false));
    }

    @SuppressWarnings("DefaultCharset") // the console's
    private static int run(String[] args, Console console) {
        boolean debug = Arrays.asList(args).contains(DEBUG);
        CommandLine train =
                Group.of(
                        "train",
                        "Trains a network, for example: 'train eegnet', 'train nfnet-tiny'.",
                        "Which network?");
        Zoo.eegNetworks()
                .forEach(net -> train.addSubcommand(net.name(), TrainEegCommand.of(console, net)));
        for (NFNet.Preset preset : NFNet.Preset.values()) {
            train.addSubcommand(Zoo.nameOf(preset), TrainNFNetCommand.of(console, preset));
        }
        train.addSubcommand("unet", new TrainUNetCommand(console));
        CommandLine crossval =
                Group.of(
                        "crossval",
                        "Trains a network on a part of the data and tests it on the rest, for each"
                                + " part in turn.",
                        "Which network?");
        Zoo.eegNetworks()
                .forEach(
                        net ->
                                crossval.addSubcommand(
                                        net.name(), CrossvalEegCommand.of(console, net)));
        CommandLine zoo =
                Group.of(
                                "zoo",
                                "Describes the available networks: 'zoo list', 'zoo show"
                                        + " eegnet'.",
                                "What about the zoo?")
                        .addSubcommand("list", new ZooListCommand(console))
                        .addSubcommand("show", new ZooShowCommand(console));
        CommandLine line =
                Group.of(
                                "lamina",
                                "Trains and uses networks for EEG, signals and images.",
                                "No command given.")
                        .addSubcommand("train", train)
                        .addSubcommand("runs", new RunsCommand(console))
                        .addSubcommand("crossval", crossval)
                        .addSubcommand("zoo", zoo)
                        .addSubcommand("spark-train", new SparkTrainCommand(console))
                        .addSubcommand("evaluate", new EvaluateCommand(console))
                        .addSubcommand("predict", new PredictCommand(console))
                        .addSubcommand("summary", new SummaryCommand(console))
                        .addSubcommand("import", ImportCommand.of(console))
                        .addSubcommand("export", new ExportCommand(console));
        line.getCommandSpec()
                .usageMessage()
                .footer(
                        "",
                        "Start with 'train eegnet': it needs no data and takes under two minutes.",
                        "Every command takes --help, and --debug for the stack trace of an error.",
                        "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 unusable data or files, 130"
                                + " interrupted.");
        line.setOut(new PrintWriter(console.out(), true));
        line.setErr(new PrintWriter(console.err(), true));
        line.setUsageHelpWidth(100);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        // A file name may begin with @.
        line.setExpandAtFiles(false);
        line.setParameterExceptionHandler(
                (e, given) -> {
                    String command = e.getCommandLine().getCommandSpec().qualifiedName();
                    console.error(Failure.oneLine(e) + " (see '" + command + " --help')", null);
                    return ExitCode.USAGE;
                });
        line.setExecutionExceptionHandler(
                (e, command, parsed) -> Failure.report(e, parsed, console, debug));
        line.setExecutionStrategy(Main::runWithThreads);
        String[] given =
                Arrays.stream(args).filter(arg -> !arg.equals(DEBUG)).toArray(String[]::new);
        int code;
        try {
            code = line.execute(given);
        } catch (RuntimeException | Error e) {
            // Errors included: no memory, no backend, no fonts for the charts.
            code = Failure.report(e, line.getParseResult(), console, debug);
        }
        if (console.out().checkError() && code == ExitCode.OK) {
            console.error("standard output cannot be written to; is a disk full?", null);
            return ExitCode.FAILED;
        }
        return code;
    }

    private static int runWithThreads(CommandLine.ParseResult parsed) {
        Integer threads = deepest(parsed).matchedOptionValue(Threads.OPTION, null);
        try {
            Limits.Check.of(deepest(parsed));
            return Threads.with(threads, () -> new CommandLine.RunLast().execute(parsed));
        } catch (UsageException e) {
            throw new CommandLine.ExecutionException(
                    parsed.commandSpec().commandLine(), e.getMessage(), e);
        }
    }

    /** The command that runs, rather than one of its parents. */
    static CommandLine.ParseResult deepest(CommandLine.ParseResult parsed) {
        CommandLine.ParseResult deepest = parsed;
        while (deepest.hasSubcommand()) {
            deepest = deepest.subcommand();
        }
        return deepest;
    }
}
