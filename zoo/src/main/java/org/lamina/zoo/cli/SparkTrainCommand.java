package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.Callable;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.spark.SparkTraining;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Trains a network for EEG on a Spark cluster; refers to no class of Spark, so that its help works
 * without it.
 */
@Command(
        name = "spark-train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Trains a network for EEG on a Spark cluster, on recordings in a folder that all"
                        + " machines see. Defaults are in parentheses.")
final class SparkTrainCommand implements Callable<Integer> {
    private static final String DEFAULT_NETWORK = "eegnet";

    /** Switches that are allowed beside {@code --resume}. */
    private static final Set<String> WITH_RESUME =
            Set.of(
                    "--master",
                    "--work",
                    "--out",
                    "--workers",
                    "--averaging",
                    "--checkpoint-seconds");

    /** Names for the help. */
    private static final class Networks extends ArrayList<String> {
        Networks() {
            Zoo.eegNetworks().forEach(network -> add(network.name()));
        }
    }

    private final Console console;

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "NETWORK",
            completionCandidates = Networks.class,
            description = "One of ${COMPLETION-CANDIDATES} (eegnet).")
    private String network;

    @Option(
            names = "--master",
            paramLabel = "URL",
            description =
                    "Spark's master: local[2] for two workers in this program, spark://HOST:7077,"
                            + " ... (spark-submit's; otherwise local[*])")
    String master;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            required = true,
            description =
                    "Folder for prepared batches and checkpoints that all machines see, for example"
                            + " hdfs://HOST/DIR.")
    String work;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Number of workers (cores of the cluster).")
    @Limits(from = 1)
    Integer workers;

    @Option(
            names = "--averaging",
            paramLabel = "N",
            description = "Updates of each worker between two averagings (${DEFAULT-VALUE}).")
    @Limits(from = 1)
    int averaging = SparkTraining.DEFAULT_AVERAGING_FREQUENCY;

    @Option(
            names = "--checkpoint-seconds",
            paramLabel = "S",
            description = "Minimum number of seconds between two checkpoints (${DEFAULT-VALUE}).")
    @Limits(from = 0)
    int checkpointSeconds = 15;

    @Option(
            names = "--skip-bad-files",
            description = "Skip recordings that cannot be read and report their number (stop).")
    boolean skipBadFiles;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Local folder of the results (NETWORK-DATE-TIME).")
    Path out;

    @Option(
            names = "--resume",
            description = "Resume from the checkpoint in --work with the settings of that run.")
    boolean resume;

    @Mixin final EegSettings settings = new EegSettings();

    SparkTrainCommand(Console console) {
        this.console = console;
    }

    /** Fails if Spark is not on the class path. */
    static void requireSpark() {
        try {
            Class.forName("org.apache.spark.SparkContext");
        } catch (ClassNotFoundException e) {
            throw new UsageException(
                    "Spark is not on the class path: start lamina-spark.jar in place of lamina.jar,"
                            + " or use spark-submit",
                    e);
        }
    }

    @Override
    public Integer call() throws IOException {
        requireSpark();
        if (resume) {
            Switches.checkResume(spec, WITH_RESUME);
        } else if (settings.data.simulated()) {
            throw new UsageException("--data is missing: training on Spark needs recordings");
        }
        if (settings.augment != null) {
            throw new UsageException(
                    "--augment: training on Spark repeats batches that are prepared once; 'train'"
                            + " augments");
        }
        if (settings.data.preprocessing.align != null) {
            throw new UsageException(
                    "--align: on Spark no worker has all epochs of a person; 'train' aligns");
        }
        return new SparkRun(console, this, resume && network == null ? null : network()).run();
    }

    private Zoo.Entry network() {
        String name = network == null ? DEFAULT_NETWORK : network;
        return Zoo.eegNetworks().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new UsageException(
                                        "'%s' is no network for EEG; there are %s",
                                        name, String.join(", ", new Networks())));
    }
}
