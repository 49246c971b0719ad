package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.zoo.ClassWeightedLoss;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.spark.LocalSpark;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** {@code spark-train} on the two local workers that the tests share. */
class SparkTrainCommandTest {
    @TempDir Path folder;

    private Path data;
    private Path out;
    private Path work;

    @BeforeEach
    void recordings() throws IOException {
        LocalSpark.context();
        data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 3, 8);
        out = folder.resolve("out");
        work = folder.resolve("work");
    }

    private Cli run(String... more) {
        List<String> args = new ArrayList<>(List.of("spark-train", "--master", "local[2]"));
        args.addAll(List.of("--work", work.toString(), "--out", out.toString()));
        args.addAll(Arrays.asList(more));
        return Cli.run(args.toArray(String[]::new));
    }

    private Cli train(String... more) {
        List<String> args = new ArrayList<>(List.of("--data", data.toString()));
        args.addAll(Cli.TINY);
        args.addAll(Arrays.asList(more));
        return run(args.toArray(String[]::new));
    }

    @Test
    void leavesWhatTrainingOnOneMachineLeaves() throws IOException {
        Cli result = train("--epochs", "12", "--averaging", "2");
        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().contains("samples/s"), result.out());
        assertTrue(result.out().contains("local[2], 2 workers, averaging every 2"), result.out());
        assertTrue(Files.size(out.resolve("report.html")) > 1000);
        JsonNode metrics = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
        assertEquals(8, metrics.get("test").get("examples").asInt());
        assertTrue(metrics.get("test").get("accuracy").asDouble() >= 0.75, metrics.toString());
        assertFalse(Files.exists(work.resolve("epochs")), "prepared batches are removed");

        // The model is one of the other commands' too, with its normalizer and preprocessing.
        Cli evaluated =
                Cli.run(
                        "evaluate",
                        out.resolve("model.zip").toString(),
                        "--data",
                        data.toString(),
                        "--runs",
                        "3",
                        "--out",
                        folder.resolve("e.json").toString());
        assertEquals(0, evaluated.code(), evaluated.err());
        JsonNode again = new ObjectMapper().readTree(folder.resolve("e.json").toFile());
        assertEquals(metrics.get("test").get("confusion"), again.get("confusion"));
        assertEquals(
                metrics.get("test").get("loss").asDouble(), again.get("loss").asDouble(), 1e-4);
    }

    /** The weights are those of the loss; the epoch that is kept is the best one by the score. */
    @Test
    void classesHaveWeightsAndAScoreChoosesTheEpoch() throws IOException {
        Cli result =
                train(
                        "--epochs",
                        "4",
                        "--averaging",
                        "1",
                        "--class-weights",
                        "2=3.5",
                        "--choose-by",
                        "balanced-accuracy");
        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().contains("weights     1 1.00, 2 3.50"), result.out());
        assertTrue(result.out().contains("largest balanced accuracy"), result.out());
        ModelFile model = ModelFile.load(out.resolve("model.zip"));
        assertEquals(
                new ClassWeightedLoss(new LossMCXENT(), 1, 3.5), Networks.loss(model.network()));
        JsonNode metrics = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
        assertEquals("{\"1\":1.0,\"2\":3.5}", metrics.get("classWeights").toString());
        double best = -1;
        int kept = 0;
        for (JsonNode epoch : metrics.get("history")) {
            double score = epoch.get("validationBalancedAccuracy").asDouble();
            kept = score > best ? epoch.get("number").asInt() : kept;
            best = Math.max(best, score);
        }
        assertEquals(kept, metrics.get("keptEpoch").asInt());
        assertEquals(best, metrics.at("/validation/balancedAccuracy").asDouble(), 1e-9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shallow-convnet", "eeg-tcnet"})
    void everyNetworkForEegIsTrained(String name) throws IOException {
        List<String> args = new ArrayList<>(List.of(name, "--data", data.toString()));
        args.addAll(List.of("--epochs", "2", "--batch", "4", "--low", "2", "--tmax", "1"));
        args.addAll(List.of("--kernel-length", "8", "--averaging", "2"));
        Cli result = run(args.toArray(String[]::new));
        assertEquals(0, result.code(), result.err());
        String title = Zoo.find(name).orElseThrow().title();
        assertTrue(result.out().contains(title + " on "), result.out());
        ModelFile model = ModelFile.load(out.resolve("model.zip"));
        assertEquals(name, model.card().network());
        assertTrue(Files.exists(out.resolve("report.html")));
    }

    @Test
    void resumedRunEndsAsOneThatWasNotInterrupted() throws Exception {
        Path copy = folder.resolve("copy");
        // As if the run had been killed when the first checkpoint was written.
        Thread copier =
                new Thread(
                        () -> {
                            try {
                                while (!Files.exists(work.resolve("checkpoint.zip"))) {
                                    Thread.sleep(2);
                                }
                                Files.createDirectory(copy);
                                Files.copy(
                                        work.resolve("checkpoint.zip"),
                                        copy.resolve("checkpoint.zip"));
                                copyFolder(work.resolve("epochs"), copy.resolve("epochs"));
                            } catch (IOException | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        copier.start();
        String[] settings = {"--epochs", "3", "--averaging", "1", "--checkpoint-seconds", "0"};
        Cli whole = train(settings);
        assertEquals(0, whole.code(), whole.err());
        copier.join();
        ModelFile expected = ModelFile.load(out.resolve("model.zip"));

        work = copy;
        out = folder.resolve("resumed");
        Cli other = run("eeg-tcnet", "--resume");
        assertTrue(other.refused(), other.err());
        assertTrue(other.err().contains("trains eegnet, not eeg-tcnet"), other.err());
        Cli resumed = run("--resume", "--averaging", "1");
        assertEquals(0, resumed.code(), resumed.err());
        assertTrue(resumed.out().contains("Resuming after epoch"), resumed.out());
        ModelFile actual = ModelFile.load(out.resolve("model.zip"));
        assertTrue(
                expected.network().params().equalsWithEps(actual.network().params(), 1e-5),
                "other parameters after resuming");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void interruptedRunSavesACheckpointAndGoesOn() throws Exception {
        String[] settings = {"--epochs", "6", "--no-early-stopping", "--averaging", "1"};
        Cli whole = train(settings);
        assertEquals(0, whole.code(), whole.err());
        ModelFile expected = ModelFile.load(out.resolve("model.zip"));

        out = folder.resolve("interrupted");
        List<String> args = new ArrayList<>(List.of("spark-train", "--master", "local[2]"));
        args.addAll(List.of("--work", work.toString(), "--out", out.toString()));
        args.addAll(List.of("--data", data.toString(), "--checkpoint-seconds", "3600"));
        args.addAll(Cli.TINY);
        args.addAll(List.of(settings));
        String printed =
                Cli.interrupt(
                        1,
                        List.of(
                                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                                "-Dspark.driver.host=127.0.0.1",
                                "-Dspark.driver.bindAddress=127.0.0.1"),
                        args);
        assertTrue(printed.contains("Interrupted in epoch"), printed);
        assertTrue(printed.contains("--resume --work " + work + " --out " + out), printed);
        assertTrue(Files.exists(work.resolve("checkpoint.zip")), printed);

        Cli resumed = run("--resume", "--averaging", "1");
        assertEquals(0, resumed.code(), resumed.err());
        assertTrue(resumed.out().contains("Resuming after epoch"), resumed.out());
        ModelFile actual = ModelFile.load(out.resolve("model.zip"));
        assertTrue(
                expected.network().params().equalsWithEps(actual.network().params(), 1e-5),
                "other parameters after resuming");
    }

    /** Nothing takes a path of another file system for a local one. */
    @Test
    void recordingsAndWorkMayBeInAnyFileSystem() throws IOException {
        Path shared = Files.createTempDirectory(LocalSpark.folder(), "a b ");
        String url = LocalSpark.SHARED + "/" + shared.getFileName();
        Cli.writeRecordings(Files.createDirectory(shared.resolve("data")), 3, 8);
        List<String> args = new ArrayList<>(List.of("spark-train", "--master", "local[2]"));
        args.addAll(List.of("--data", url + "/data", "--work", url + "/work"));
        args.addAll(List.of("--out", out.toString(), "--epochs", "2"));
        args.addAll(List.of("--checkpoint-seconds", "0"));
        args.addAll(Cli.TINY);
        Cli result = Cli.run(args.toArray(String[]::new));
        assertEquals(0, result.code(), result.err());
        assertTrue(Files.exists(out.resolve("report.html")));
        assertTrue(Files.isDirectory(shared.resolve("work")), "written to the other file system");

        Files.writeString(shared.resolve("data/run2.csv"), "time,C3,marker\n0,1,0\n1,zzz,0\n");
        Cli refused = Cli.run(args.toArray(String[]::new));
        assertTrue(refused.refused(), refused.err());
        assertTrue(refused.err().contains(url + "/data/run2.csv"), refused.err());
    }

    private static void copyFolder(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
    }

    @Test
    void badFilesAreNamedOrCounted() throws IOException {
        Files.writeString(data.resolve("run2.csv"), "time,C3,marker\n0,1,0\n1,zzz,0\n");
        Cli refused = train("--epochs", "1");
        assertTrue(refused.refused(), refused.err());
        assertTrue(refused.err().contains("run2.csv"), refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
        Cli skipped = train("--epochs", "1", "--no-early-stopping", "--skip-bad-files");
        assertEquals(0, skipped.code(), skipped.err());
        assertTrue(skipped.err().contains("1 recordings skipped"), skipped.err());
    }

    @Test
    void wrongUseIsExplained() {
        for (String[] wrong :
                new String[][] {
                    {"--averaging", "0", "--data", data.toString(), "must be 1 or more"},
                    {"--workers", "0", "--data", data.toString(), "must be 1 or more"},
                    {"--epochs", "3", "--data is missing"},
                    {"resnet", "--data", "x", "'resnet' is no network for EEG; there are eegnet,"},
                    {"--data", "nowhere", "No folder nowhere"},
                    {"--resume", "no checkpoint there"},
                    {"--data", data.toString(), "--augment", "mixup", "'train' augments"},
                    {"--data", data.toString(), "--align", "euclidean", "'train' aligns"},
                    {"--resume", "--epochs", "3", "leave out --epochs"},
                    {"--master", "local[3]", "--data", "x", "should be specified only once"}
                }) {
            Cli result = run(Arrays.copyOf(wrong, wrong.length - 1));
            assertTrue(result.refused(), result.code() + result.err());
            assertTrue(result.err().contains(wrong[wrong.length - 1]), result.err());
        }
        Cli other =
                Cli.run(
                        "spark-train",
                        "--master",
                        "local[3]",
                        "--work",
                        work.toString(),
                        "--out",
                        out.toString(),
                        "--data",
                        data.toString());
        assertTrue(other.refused(), other.err());
        assertTrue(
                other.err().contains("local[3]: this program is connected to local[2]"),
                other.err());
    }
}
