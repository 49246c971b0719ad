package org.lamina.zoo.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.zoo.cli.Cli;

/**
 * A real cluster: one master, two workers and their executors, the driver, each a process. It takes
 * minutes and is not part of the ordinary tests; CONTRIBUTING has the command.
 */
@Tag("cluster")
class StandaloneClusterTest {
    private static final String KRYO = "org.apache.spark.serializer.KryoSerializer";
    private static final String OURS =
            ".*/(lamina|deeplearning4j|dl4j|nd4j|datavec|javacpp|dnnl|openblas|logback|resources"
                    + "|(guava|jackson|protobuf)-1.0.0-M2)[^/]*";
    private static final String JAVA = "org.apache.spark.serializer.JavaSerializer";

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {JAVA, KRYO})
    void trainsThroughLossAndGainOfWorkers(String serializer) throws Exception {
        String classPath = StandaloneCluster.ownClassPath();
        try (StandaloneCluster cluster = new StandaloneCluster(folder, classPath)) {
            Process worker = cluster.startWorker();
            Process driver =
                    start(
                            "driver",
                            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                            "--add-opens=java.base/java.nio=ALL-UNNAMED",
                            "--add-opens=java.base/java.util=ALL-UNNAMED",
                            "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
                            "-cp",
                            classPath,
                            ClusterScenarios.class.getName(),
                            cluster.url(),
                            serializer,
                            folder.toString());
            try {
                await("worker", driver);
                cluster.startWorker();
                await("kill", driver);
                StandaloneCluster.executor(worker).destroyForcibly();
                assertEnds(driver);
            } finally {
                driver.destroyForcibly();
            }
        }
        JsonNode seen = new ObjectMapper().readTree(folder.resolve("seen.json").toFile());
        assertEquals(2, seen.get("executorsBeforeKill").asInt(), "the late worker had work");
        assertTrue(seen.get("executorsInAll").asInt() > 2, "the dead executor was replaced");
        for (String run :
                List.of(
                        "lateWorkerDifference",
                        "killedExecutorDifference",
                        "oneWorkerDifference")) {
            assertTrue(seen.get(run).asDouble() < 1e-5, seen.toString());
        }
        double here = mean(seen.get("accuracyHere"));
        double there = mean(seen.get("accuracyThere"));
        assertTrue(here > 0.8 && Math.abs(here - there) <= 0.02, seen.toString());
        assertTrue(seen.get("badFile").asText().contains("run9.csv"), seen.toString());
        assertEquals(1, seen.get("skipped").asInt());
    }

    private static double mean(JsonNode values) {
        double sum = 0;
        for (JsonNode value : values) {
            sum += value.asDouble();
        }
        return sum / values.size();
    }

    /**
     * Executors have Spark only and get the application's jars from the driver, which is
     * interrupted and gone on with.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void commandLineBringsItsJarsAndResumes(boolean submitted) throws Exception {
        Path target = Path.of("zoo", "target").toAbsolutePath();
        Path program = target.resolve("lamina-spark.jar");
        Assumptions.assumeTrue(
                Files.exists(program), "skipped: no " + program + "; 'mvn package' makes it");
        Path data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 3, 8);
        List<String> spark = jars(target.resolve("spark"));
        // An installation has these too; it has nothing of Lamina, DL4J, ND4J.
        spark.addAll(
                jars(target.resolve("lib")).stream().filter(jar -> !jar.matches(OURS)).toList());
        try (StandaloneCluster cluster =
                new StandaloneCluster(folder, String.join(File.pathSeparator, spark))) {
            cluster.install(spark);
            cluster.startWorker();
            cluster.startWorker();
            List<String> command =
                    submitted
                            ? submit(cluster.url(), target, spark)
                            : command(cluster.url(), program);
            command.addAll(List.of("--work", folder.resolve("work").toString()));
            command.addAll(List.of("--out", folder.resolve("out").toString()));
            List<String> first = new ArrayList<>(command);
            first.addAll(List.of("--data", data.toString(), "--epochs", "12"));
            first.add("--no-early-stopping");
            first.addAll(Cli.TINY);
            Process driver = start("driver", first.toArray(String[]::new));
            try {
                while (!log().contains("Epoch   1/12")) {
                    assertTrue(driver.isAlive(), log());
                    Thread.sleep(20);
                }
                driver.destroy();
                assertTrue(driver.waitFor(2, TimeUnit.MINUTES), "the driver hangs: " + log());
                assertTrue(log().contains("Checkpoint saved"), log());
                command.add("--resume");
                driver = start("driver", command.toArray(String[]::new));
                assertEnds(driver);
            } finally {
                driver.destroyForcibly();
            }
        }
        assertTrue(log().contains("Resuming after epoch"), log());
        assertTrue(Files.exists(folder.resolve("out").resolve("report.html")), log());
    }

    private static List<String> command(String url, Path program) {
        List<String> command = new ArrayList<>();
        command.add("-Dspark.driver.host=127.0.0.1");
        command.add("-Dspark.executor.memory=900m");
        command.addAll(List.of("-jar", program.toString(), "spark-train", "--master", url));
        return command;
    }

    /** What {@code spark-submit} of an installation starts, with the README's arguments. */
    private static List<String> submit(String url, Path target, List<String> spark)
            throws IOException {
        List<String> libraries = jars(target.resolve("lib"));
        libraries.removeIf(jar -> jar.contains("logback"));
        List<String> command = new ArrayList<>();
        command.add("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
        command.addAll(List.of("-cp", String.join(File.pathSeparator, spark)));
        command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", url));
        command.addAll(List.of("--conf", "spark.driver.host=127.0.0.1"));
        command.addAll(List.of("--conf", "spark.executor.memory=900m"));
        command.addAll(List.of("--jars", String.join(",", libraries)));
        command.addAll(List.of("--class", "org.lamina.zoo.cli.Main", jar(target), "spark-train"));
        return command;
    }

    private static List<String> jars(Path of) throws IOException {
        try (Stream<Path> files = Files.list(of)) {
            return new ArrayList<>(files.map(Path::toString).sorted().toList());
        }
    }

    private static String jar(Path target) throws IOException {
        return jars(target).stream()
                .filter(path -> path.matches(".*lamina-zoo-[0-9.]+\\.jar"))
                .findFirst()
                .orElseThrow();
    }

    private Process start(String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(StandaloneCluster.java(), "-Xmx1g"));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        builder.environment().put("SPARK_SCALA_VERSION", "2.12");
        return builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
    }

    private void await(String signal, Process driver) throws InterruptedException, IOException {
        while (!Files.exists(folder.resolve(signal))) {
            if (!driver.isAlive()) {
                throw new AssertionError("the driver ended: " + log());
            }
            Thread.sleep(20);
        }
    }

    private void assertEnds(Process driver) throws InterruptedException, IOException {
        assertTrue(driver.waitFor(8, TimeUnit.MINUTES), "the driver hangs: " + log());
        assertEquals(0, driver.exitValue(), log());
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("driver.log"));
    }
}
