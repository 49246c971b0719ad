package org.lamina.benchmark.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.lamina.zoo.spark.Position;
import org.lamina.zoo.spark.PreparedBatches;
import org.lamina.zoo.spark.Round;
import org.lamina.zoo.spark.RoundListener;
import org.lamina.zoo.spark.SparkTraining;
import org.lamina.zoo.spark.StandaloneCluster;

/**
 * Measures samples/s of EEGNet in processes that train alone and on clusters of one and two
 * workers, in turns, and what a round costs against the number of parameters; prints tables and
 * writes {@code spark.md} and {@code spark.json}.
 *
 * <p>System properties: {@code benchmark.rounds} (turns, default 3), {@code benchmark.seconds} (of
 * each measurement, after as many to warm up; default 20), {@code benchmark.averaging} (averaging
 * frequency; default: the library's), {@code benchmark.shape} (of a minibatch, default
 * 64x1x22x256), {@code benchmark.out} (folder, default target/benchmark).
 */
final class SparkBenchmark {
    private static final int BATCHES = 80;
    private static final int ROUNDS_FOR_COST = 20;
    private static final double WANTED = 0.8;

    /** Every process that trains has one core: for the JVM's own threads too. */
    private static final String ONE_CORE = "-XX:ActiveProcessorCount=1";

    private final int turns = Integer.getInteger("benchmark.rounds", 3);
    private final double seconds =
            Double.parseDouble(System.getProperty("benchmark.seconds", "20"));
    private final Integer averaging = Integer.getInteger("benchmark.averaging");
    private final Path out = Path.of(System.getProperty("benchmark.out", "target/benchmark"));
    private final Eeg eeg = Eeg.of(System.getProperty("benchmark.shape", "64x1x22x256"));
    private final Path folder;
    private final Map<String, List<Double>> samples = new LinkedHashMap<>();

    private SparkBenchmark(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("lamina-benchmark-");
        try {
            new SparkBenchmark(folder).run();
        } finally {
            org.apache.commons.io.FileUtils.deleteDirectory(folder.toFile());
        }
        System.exit(0); // ND4J's threads would keep the process
    }

    private void run() throws Exception {
        List<RoundCost> costs = null;
        for (int turn = 0; turn < turns; turn++) {
            add("1 process alone", alone(1));
            add("2 processes alone", alone(2));
            for (int workers = 1; workers <= 2; workers++) {
                try (StandaloneCluster cluster =
                                new StandaloneCluster(
                                        Files.createDirectory(
                                                folder.resolve("cluster" + turn + workers)),
                                        StandaloneCluster.ownClassPath());
                        JavaSparkContext spark = connect(cluster, workers)) {
                    add("Spark, workers: " + workers, trained(spark, workers));
                    if (workers == 2 && costs == null) {
                        costs =
                                RoundCost.all(
                                        spark, folder.resolve("cost").toString(), ROUNDS_FOR_COST);
                    }
                }
            }
        }
        report(costs);
    }

    private void add(String what, double value) {
        System.out.printf(Locale.ROOT, "%s: %.0f samples/s%n", what, value);
        samples.computeIfAbsent(what, key -> new ArrayList<>()).add(value);
    }

    private double alone(int processes) throws IOException, InterruptedException {
        List<Process> started = new ArrayList<>();
        for (int i = 0; i < processes; i++) {
            ProcessBuilder builder =
                    new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-Xmx2g",
                            ONE_CORE,
                            "-cp",
                            StandaloneCluster.ownClassPath(),
                            TrainingAlone.class.getName(),
                            String.valueOf(seconds),
                            String.valueOf(seconds),
                            eeg.toString());
            builder.environment().put("OMP_NUM_THREADS", "1");
            started.add(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
        }
        double sum = 0;
        for (Process process : started) {
            try (BufferedReader reader = process.inputReader()) {
                sum +=
                        reader.lines()
                                .filter(line -> line.startsWith(TrainingAlone.RESULT))
                                .mapToDouble(
                                        line ->
                                                Double.parseDouble(
                                                        line.substring(
                                                                TrainingAlone.RESULT.length())))
                                .sum();
            }
            if (process.waitFor() != 0) {
                throw new IllegalStateException("exit code " + process.exitValue());
            }
        }
        return sum;
    }

    private static JavaSparkContext connect(StandaloneCluster cluster, int workers)
            throws IOException, InterruptedException {
        for (int i = 0; i < workers; i++) {
            cluster.startWorker();
        }
        SparkConf conf =
                StandaloneCluster.connection(cluster.url())
                        .setAppName("benchmark")
                        .set("spark.executor.memory", "2g")
                        .set("spark.executor.extraJavaOptions", ONE_CORE);
        JavaSparkContext spark = new JavaSparkContext(conf);
        // The driver is one of them.
        while (spark.sc().getExecutorMemoryStatus().size() - 1 < workers) {
            Thread.sleep(50);
        }
        return spark;
    }

    private SparkTraining training(JavaSparkContext spark, int workers) {
        SparkTraining.Builder builder = SparkTraining.builder(spark).workers(workers);
        if (averaging != null) {
            builder.averagingFrequency(averaging);
        }
        return builder.build();
    }

    /** Samples in the time of all rounds that began after the warm-up, what is between included. */
    private double trained(JavaSparkContext spark, int workers) throws IOException {
        Eeg made = eeg;
        PreparedBatches data =
                PreparedBatches.write(
                        spark.parallelize(IntStream.range(0, BATCHES).boxed().toList(), BATCHES)
                                .map(made::minibatch),
                        folder.resolve("data").toString(),
                        eeg.batch(),
                        1);
        SparkTraining training = training(spark, workers);
        long start = System.nanoTime();
        double[] measured = new double[2];
        training.fit(
                eeg.network(),
                data,
                Integer.MAX_VALUE,
                Position.start(),
                new RoundListener() {
                    private long begin;

                    @Override
                    public void onRound(Round round, Position position) {
                        long now = System.nanoTime();
                        if (begin != 0) {
                            measured[0] += round.examples();
                            measured[1] = (now - begin) / 1e9;
                            if (measured[1] > seconds) {
                                training.requestStop();
                            }
                        } else if (now - start > seconds * 1e9) {
                            begin = now;
                        }
                    }
                });
        return measured[0] / measured[1];
    }

    private void report(List<RoundCost> costs) throws IOException {
        double one = median(samples.get("1 process alone"));
        StringBuilder text = new StringBuilder();
        text.append("| EEGNet-8,2, training, ")
                .append(eeg)
                .append(" | samples/s | over one process |\n");
        text.append("|---|---|---|\n");
        samples.forEach(
                (what, values) ->
                        text.append(
                                String.format(
                                        Locale.ROOT,
                                        "| %s | %.0f (%.0f to %.0f) | %.2f |%n",
                                        what,
                                        median(values),
                                        values.stream().min(Double::compare).orElseThrow(),
                                        values.stream().max(Double::compare).orElseThrow(),
                                        median(values) / one)));
        double efficiency = median(samples.get("Spark, workers: 2")) / one / 2;
        text.append(
                String.format(
                        Locale.ROOT,
                        "%nEfficiency of 2 workers: %.2f, wanted %.1f or more%n%n",
                        efficiency,
                        WANTED));
        text.append("| parameters | round, ms | update in it, ms | cost of the round, ms |\n");
        text.append("|---|---|---|---|\n");
        for (RoundCost cost : costs) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| %d | %.0f | %.1f | %.0f |%n",
                            cost.parameters(),
                            1e3 * cost.round(),
                            1e3 * cost.update(),
                            1e3 * cost.seconds()));
        }
        System.out.println();
        System.out.print(text);
        Files.createDirectories(out);
        Files.writeString(out.resolve("spark.md"), text);
        new ObjectMapper()
                .writeValue(
                        out.resolve("spark.json").toFile(),
                        Map.of(
                                "samplesPerSecond",
                                samples,
                                "efficiency",
                                efficiency,
                                "rounds",
                                costs));
    }

    static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
