package org.lamina.zoo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.Properties;
import org.deeplearning4j.config.DL4JSystemProperties;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.training.ModelFileException;
import org.lamina.zoo.weights.WeightsException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * Entry of the command line. Exit codes: 0 done, 1 something failed that should not have, 2 what
 * was asked for is not possible (one line on standard error says why), 130 interrupted.
 */
public final class Main {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int INTERRUPTED = 130;

    private static final String DEBUG = "--debug";
    private static final String TOO_LARGE =
            "Error: too large for the memory there is; of a training, smaller --batch, --f1,"
                    + " --depth or --f2 need less";

    @Command(
            name = "lamina",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Trains and uses networks for EEG, signals and images.",
            footer = {
                "",
                "Start with 'train eegnet': it needs no data and takes under two minutes.",
                "Every command takes --help, and --debug for the stack trace of an error."
            })
    private static final class Root implements Runnable {
        @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

        @Override
        public void run() {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "No command given; one of: " + String.join(", ", spec.subcommands().keySet()));
        }
    }

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

    private static int run(String[] args, Console console) {
        boolean debug = Arrays.asList(args).contains(DEBUG);
        CommandLine train = new CommandLine(new TrainCommand());
        Zoo.eegNetworks()
                .forEach(net -> train.addSubcommand(net.name(), TrainEegCommand.of(console, net)));
        train.addSubcommand("nfnet-tiny", new TrainNFNetCommand(console));
        train.addSubcommand("unet", new TrainUNetCommand(console));
        CommandLine zoo =
                new CommandLine(new ZooCommand())
                        .addSubcommand("list", new ZooListCommand(console))
                        .addSubcommand("show", new ZooShowCommand(console));
        CommandLine line =
                new CommandLine(new Root())
                        .addSubcommand("train", train)
                        .addSubcommand("zoo", zoo)
                        .addSubcommand("spark-train", new SparkTrainCommand(console))
                        .addSubcommand("evaluate", new EvaluateCommand(console))
                        .addSubcommand("predict", new PredictCommand(console))
                        .addSubcommand("summary", new SummaryCommand(console))
                        .addSubcommand("import", new ImportCommand(console))
                        .addSubcommand("export", new ExportCommand(console));
        line.setOut(new PrintWriter(console.out(), true));
        line.setErr(new PrintWriter(console.err(), true));
        line.setUsageHelpWidth(100);
        line.setParameterExceptionHandler(
                (e, given) -> {
                    console.err()
                            .printf(
                                    "Error: %s (see '%s --help')%n",
                                    oneLine(e),
                                    e.getCommandLine().getCommandSpec().qualifiedName());
                    return USAGE;
                });
        line.setExecutionExceptionHandler(
                (e, command, parsed) -> {
                    boolean tooLarge = isLackOfMemory(e);
                    console.err().println(tooLarge ? TOO_LARGE : "Error: " + oneLine(e));
                    if (debug) {
                        e.printStackTrace(console.err());
                    }
                    return tooLarge || isUsersBusiness(e) ? USAGE : FAILED;
                });
        String[] given =
                Arrays.stream(args).filter(arg -> !arg.equals(DEBUG)).toArray(String[]::new);
        try {
            return line.execute(given);
        } catch (OutOfMemoryError e) {
            // Of the heap or, by ND4J's allocator, of native memory.
            console.err().println(TOO_LARGE);
            if (debug) {
                e.printStackTrace(console.err());
            }
            return USAGE;
        } catch (Error e) {
            // For example no backend, no fonts for the charts.
            console.err().println("Error: " + e.getClass().getSimpleName() + ": " + oneLine(e));
            if (debug) {
                e.printStackTrace(console.err());
            }
            return FAILED;
        }
    }

    /** ND4J wraps the error of its allocator, or passes on the message of the native one. */
    private static boolean isLackOfMemory(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof OutOfMemoryError
                    || message.contains("bad_alloc")
                    || message.contains("Failed to allocate")
                    || message.contains("allocation failed")) {
                return true;
            }
        }
        return false;
    }

    /** Whether the cause lies in what the user gave: options, data, files, disk. */
    private static boolean isUsersBusiness(Throwable e) {
        return e instanceof UsageException
                || e instanceof DataException
                || e instanceof ModelFileException
                || e instanceof WeightsException
                || e instanceof DL4JInvalidConfigException
                || e instanceof FileSystemException;
    }

    private static String oneLine(Throwable e) {
        if (e instanceof UncheckedIOException unchecked) {
            return oneLine(unchecked.getCause());
        }
        String message = e.getMessage();
        if (message == null || message.isBlank()) {
            return "unexpected " + e.getClass().getSimpleName() + " (--debug shows where)";
        }
        if (e instanceof FileSystemException) {
            return e.getClass().getSimpleName().replace("Exception", "") + ": " + message;
        }
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
