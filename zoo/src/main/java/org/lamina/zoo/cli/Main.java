package org.lamina.zoo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Entry point of {@code java -jar lamina.jar COMMAND}.
 *
 * <p>Exit codes: 0 done, 1 an internal error, 2 wrong input.
 */
@Command(
        name = "lamina",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Trains, evaluates and inspects networks on EEG recordings.")
public final class Main implements Runnable {

    /** Where Logback looks for its configuration: a path, URL or class path resource. */
    private static final String LOGBACK_CONFIGURATION = "logback.configurationFile";

    @Spec private CommandSpec spec;

    /** Called by picocli when no command is given. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /**
     * Runs the command line and ends the process with its exit code.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        configureLogging();
        System.exit(new CommandLine(new Main()).execute(args));
    }

    /**
     * Selects the command line's own logging, unless the user chose one. It is not named {@code
     * logback.xml}, and set here, because a library must not take over the logging of a program
     * that has it on its class path. Must run before the first logger is made.
     */
    private static void configureLogging() {
        if (System.getProperty(LOGBACK_CONFIGURATION) == null) {
            System.setProperty(LOGBACK_CONFIGURATION, "org/lamina/zoo/cli/logback.xml");
        }
    }

    /** The version that the build wrote into {@code version.properties}. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties build = new Properties();
            try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
                build.load(in);
            }
            return new String[] {"lamina " + build.getProperty("version")};
        }
    }
}
