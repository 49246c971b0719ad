package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.lamina.zoo.modelfile.ModelFile;
import org.nd4j.linalg.api.ndarray.INDArray;

class TrainCommandTest {
    @TempDir static Path folder;
    private static Path data;

    @BeforeAll
    static void record() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 3, 8);
    }

    private static JsonNode metrics(Path out) throws IOException {
        return new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
    }

    @Test
    void trainsEvaluatesPredictsAndSummarizes() throws IOException {
        Path out = folder.resolve("a/b");
        Cli train =
                Cli.train(
                        data,
                        out,
                        "--train-runs",
                        "1,2",
                        "--test-runs",
                        "3",
                        "--epochs",
                        "40",
                        "--seed",
                        "5",
                        "--no-early-stopping");
        assertEquals("", train.err());
        assertTrue(train.out().contains("train       16 epochs (8 1, 8 2)"), train.out());
        assertTrue(train.out().contains("Epoch  40/40"), train.out());
        assertFalse(train.out().contains("validation"), train.out());
        assertFalse(train.out().toLowerCase(Locale.ROOT).contains("simulated"), train.out());
        assertTrue(train.out().contains("evaluate " + out.resolve("model.zip")), train.out());

        JsonNode json = metrics(out);
        assertTrue(json.at("/test/accuracy").asDouble() >= 0.75, train.out());
        assertTrue(json.at("/test/auc").isNumber());
        assertTrue(json.at("/test/kappa").isNumber());
        assertEquals(8, json.at("/test/examples").asInt());
        assertEquals(16, json.at("/train/examples").asInt());
        assertTrue(json.get("validation").isNull());
        assertEquals(5, json.get("seed").asLong());
        assertTrue(json.get("seconds").asDouble() > 0);
        assertEquals(40, json.get("history").size());
        assertEquals(8, json.at("/settings/kernelLength").asInt());
        assertEquals("3", json.at("/settings/testRuns/0").asText());
        assertFalse(json.get("simulated").asBoolean());
        assertEquals(
                List.of("metrics.json", "model.zip", "report.html"),
                Arrays.stream(out.toFile().list()).sorted().toList());

        Path model = out.resolve("model.zip");
        MultiLayerNetwork network = ModelSerializer.restoreMultiLayerNetwork(model.toFile());
        assertEquals(json.get("parameters").asLong(), network.numParams());
        ChannelStandardizer normalizer = ModelSerializer.restoreNormalizerFromFile(model.toFile());
        assertEquals(3, normalizer.mean().length);

        evaluates(model, json, out);
        predicts(model, json);
        Cli summary = Cli.run("summary", model.toString());
        assertEquals(0, summary.code(), summary.err());
        assertTrue(summary.out().contains("DepthwiseConv2D"), summary.out());
        assertTrue(summary.out().contains("MaxNorm(1.0"), summary.out());
        assertTrue(summary.out().contains("C3, Cz, C4"), summary.out());
    }

    private static void evaluates(Path model, JsonNode json, Path out) throws IOException {
        Path file = out.resolveSibling("evaluation.json");
        Cli evaluate =
                Cli.run(
                        "evaluate",
                        model.toString(),
                        "--data",
                        data.toString(),
                        "--runs",
                        "3",
                        "--out",
                        file.toString());
        assertEquals(0, evaluate.code(), evaluate.err());
        JsonNode again = new ObjectMapper().readTree(file.toFile());
        assertEquals(json.get("test"), again);
        assertTrue(evaluate.out().contains("8 epochs (4 1, 4 2)"), evaluate.out());
    }

    /** The probabilities at the events of the test run give the accuracy that training reported. */
    private static void predicts(Path model, JsonNode json) {
        String recording = data.resolve("run3.csv").toString();
        Cli predict = Cli.run("predict", model.toString(), recording);
        assertEquals(0, predict.code(), predict.err());
        List<String> lines = predict.out().lines().toList();
        assertEquals("onset,label,predicted,p(1),p(2)", lines.get(0));
        assertEquals(9, lines.size());
        int right = 0;
        for (String line : lines.subList(1, 9)) {
            String[] cells = line.split(",");
            right += cells[1].equals(cells[2]) ? 1 : 0;
            assertEquals(
                    1, Double.parseDouble(cells[3]) + Double.parseDouble(cells[4]), 1e-5, line);
        }
        assertEquals(json.at("/test/accuracy").asDouble(), right / 8.0, 1e-9);
        assertTrue(lines.get(1).startsWith("1.000,1,"), lines.get(1));

        Cli every = Cli.run("predict", model.toString(), recording, "--every", "0.5");
        // 18 s of signal, epochs of 1 s: starts at 0, 0.5, ..., 17.
        assertEquals(1 + 35, every.out().lines().count(), every.err());
    }

    @Test
    void sameSeedSameBits() throws IOException {
        Path first = folder.resolve("seed1");
        Path second = folder.resolve("seed2");
        Path third = folder.resolve("seed3");
        Cli.train(data, first, "--epochs", "2", "--seed", "9");
        Cli.train(data, second, "--epochs", "2", "--seed", "9");
        Cli.train(data, third, "--epochs", "2", "--seed", "10");
        assertEquals(params(first), params(second));
        assertNotEquals(params(first), params(third));
        assertEquals(metrics(first).get("test"), metrics(second).get("test"));
        assertEquals(-1, Files.mismatch(first.resolve("model.zip"), second.resolve("model.zip")));
    }

    private static INDArray params(Path out) throws IOException {
        return ModelSerializer.restoreMultiLayerNetwork(out.resolve("model.zip").toFile()).params();
    }

    @Test
    void defaultsFollowTheData() throws IOException {
        Path out = folder.resolve("defaults");
        Cli train =
                Cli.run(
                        "train",
                        "eegnet",
                        "--data",
                        data.toString(),
                        "--out",
                        out.toString(),
                        "--epochs",
                        "2");
        assertEquals(0, train.code(), train.err());
        JsonNode settings = metrics(out).get("settings");
        assertEquals("[\"1\",\"2\"]", settings.get("trainRuns").toString());
        assertEquals("[\"3\"]", settings.get("testRuns").toString());
        assertEquals(32, settings.get("kernelLength").asInt());
        assertEquals(2.0, settings.get("tmax").asDouble(), "the time between events");
        assertEquals(28.0, settings.get("high").asDouble(), "0.45 of the sampling rate");
        assertEquals(30, settings.get("patience").asInt());
        assertTrue(train.out().contains("validation loss"), train.out());
        assertTrue(metrics(out).at("/validation/accuracy").isNumber());
    }

    @Test
    void oneRunIsSplitByClass() throws IOException {
        Path single = Files.createDirectory(folder.resolve("single"));
        Cli.writeRecordings(single, 1, 16);
        Path out = folder.resolve("single-out");
        Cli.train(single, out, "--epochs", "1");
        assertEquals(4, metrics(out).at("/test/examples").asInt());
    }

    @Test
    void simulatedDataSayThatTheyAre() throws IOException {
        Path out = folder.resolve("simulated");
        Cli train =
                Cli.run(
                        "train",
                        "eegnet",
                        "--epochs",
                        "1",
                        "--f1",
                        "1",
                        "--depth",
                        "1",
                        "--channels",
                        "C3,C4",
                        "--out",
                        out.toString());
        assertEquals(0, train.code(), train.err());
        assertTrue(train.out().contains("NOTE: the EEG is simulated"), train.out());
        assertTrue(train.out().contains("Test (simulated EEG)"), train.out());
        assertTrue(metrics(out).get("simulated").asBoolean());
        assertTrue(Files.readString(out.resolve("report.html")).contains("Simulated data."));

        Cli evaluate = Cli.run("evaluate", out.resolve("model.zip").toString());
        assertEquals(0, evaluate.code(), evaluate.err());
        assertTrue(evaluate.err().contains("trained on simulated EEG"), evaluate.err());
        assertTrue(
                evaluate.out().contains(Texts.score(metrics(out).at("/test/accuracy").asDouble())),
                evaluate.out());
    }

    /** Rare targets among standards, in training and in what evaluate simulates again. */
    @Test
    void eventRelatedPotentialsAreSimulated() throws IOException {
        Path out = folder.resolve("erp");
        Cli train =
                Cli.run(
                        "train",
                        "eegnet",
                        "--simulate",
                        "erp",
                        "--epochs",
                        "1",
                        "--f1",
                        "1",
                        "--depth",
                        "1",
                        "--channels",
                        "Pz,Cz",
                        "--out",
                        out.toString());
        assertEquals(0, train.code(), train.err());
        JsonNode json = metrics(out);
        assertEquals("[\"standard\",\"target\"]", json.at("/test/classes").toString());
        assertEquals("erp", json.at("/settings/simulate").asText());
        int[] counts = new int[2];
        for (int k = 0; k < 2; k++) {
            for (JsonNode count : json.at("/test/confusion").get(k)) {
                counts[k] += count.asInt();
            }
        }
        assertEquals(0.16, counts[1] / (double) (counts[0] + counts[1]), 0.005);
        Path file = out.resolve("again.json");
        Cli evaluate =
                Cli.run("evaluate", out.resolve("model.zip").toString(), "--out", file.toString());
        assertEquals(0, evaluate.code(), evaluate.err());
        assertEquals(json.get("test"), new ObjectMapper().readTree(file.toFile()));
    }

    @Test
    void selfEegsVariantHasOneOutputForTwoClasses() throws IOException {
        Path out = folder.resolve("selfeeg");
        Cli.train(
                data,
                out,
                "--epochs",
                "15",
                "--preset",
                "SELFEEG",
                "--train-runs",
                "1,2",
                "--test-runs",
                "3",
                "--no-early-stopping");
        assertTrue(metrics(out).at("/test/accuracy").asDouble() >= 0.75);
    }

    /** One command for all: trains, saves, is measured and summarized again. */
    @ParameterizedTest
    @ValueSource(strings = {"shallow-convnet", "deep-convnet", "eeg-inception", "eeg-tcnet"})
    void everyNetworkTrains(String network) throws IOException {
        Path out = folder.resolve(network);
        List<String> args = new ArrayList<>(List.of("train", network, "--data", data.toString()));
        args.addAll(List.of("--out", out.toString(), "--test-runs", "3"));
        args.addAll(List.of("--kernel-length", network.startsWith("deep") ? "3" : "16"));
        args.addAll(List.of("--f1", "4", "--low", "2", "--tmax", "2", "--epochs", "12"));
        args.addAll(List.of("--batch", "4", "--lr", "0.005", "--no-early-stopping"));
        boolean fused = network.equals("deep-convnet");
        if (fused) {
            args.add("--fused");
        }
        Cli train = Cli.run(args.toArray(String[]::new));
        assertEquals(0, train.code(), train.err());
        JsonNode json = metrics(out);
        assertEquals(network, json.get("network").asText());
        assertTrue(json.at("/test/accuracy").asDouble() >= 0.75, train.out());
        String model = out.resolve("model.zip").toString();
        evaluates(out.resolve("model.zip"), json, out);
        Cli summary = Cli.run("summary", model);
        assertEquals(0, summary.code(), summary.err());
        String parameters = String.format(Locale.ROOT, "%,d", json.get("parameters").asLong());
        assertTrue(summary.out().contains(parameters + " parameters"), summary.out());
        assertEquals(fused, summary.out().contains("CombinedConv2D"), summary.out());
        Cli wrong = Cli.run("train", "eegnet", "--resume", out.toString());
        assertEquals(2, wrong.code());
        assertTrue(wrong.err().contains("the run is complete"), wrong.err());
    }

    @Test
    void presetAndOptionsOfTheOtherNetworks() {
        String folderName = data.toString();
        Cli depth = Cli.run("train", "shallow-convnet", "--data", folderName, "--depth", "2");
        assertEquals(2, depth.code());
        assertTrue(depth.err().contains("--depth 2: ShallowConvNet has no such"), depth.err());
        Cli fused = Cli.run("train", "eeg-inception", "--data", folderName, "--fused");
        assertEquals(2, fused.code());
        assertTrue(fused.err().contains("fused = true"), fused.err());
        Cli preset = Cli.run("train", "eeg-tcnet", "--data", folderName, "--preset", "SELFEEG");
        assertEquals(2, preset.code());
        assertTrue(preset.err().contains("must be one of [KERAS, BRAINDECODE]"), preset.err());
        Cli tooShort = Cli.run("train", "deep-convnet", "--data", folderName, "--tmax", "0.3");
        assertEquals(2, tooShort.code());
        assertTrue(tooShort.err().contains("19 samples; DeepConvNet needs"), tooShort.err());
    }

    @Test
    void zooListsAndShows() {
        Cli list = Cli.run("zoo", "list");
        assertEquals(0, list.code(), list.err());
        assertTrue(list.out().matches("(?s).*eegnet +1,972 +1 x 22 x 256.*"), list.out());
        assertTrue(list.out().matches("(?s).*nfnet-f6 +438,359,116 +3 x 448 x 448.*"), list.out());
        Cli show =
                Cli.run(
                        "zoo",
                        "show",
                        "shallow-convnet",
                        "--preset",
                        "braindecode",
                        "--input",
                        "1,22,1000",
                        "--batch",
                        "1");
        assertEquals(0, show.code(), show.err());
        assertTrue(show.out().contains("of which 46,084 are trained"), show.out());
        assertTrue(show.out().contains("receptive field  22 x 99"), show.out());
        assertTrue(show.out().contains("memory, batch 1:"), show.out());
        assertRefused("No network 'x'", "zoo", "show", "x");
        assertRefused("--batch 0", "zoo", "show", "eegnet", "--batch", "0");
        assertRefused("--input", "zoo", "show", "eegnet", "--input", "22,256");
        assertRefused("an epoch of 3 samples", "zoo", "show", "eegnet", "--input", "1,22,3");
        assertRefused("--preset A", "zoo", "show", "unet-12", "--preset", "A");
        assertRefused("must be one of", "zoo", "show", "eegnet", "--preset", "A");
        assertRefused("One of: list, show", "zoo");
    }

    private static void assertRefused(String expected, String... args) {
        Cli cli = Cli.run(args);
        assertEquals(2, cli.code());
        assertTrue(cli.err().contains(expected), cli.err());
        assertEquals(1, cli.err().lines().count(), cli.err());
    }

    @Test
    void unetCleansSignals() throws IOException {
        Path out = folder.resolve("unet");
        Cli train =
                Cli.run(
                        "train",
                        "unet",
                        "--updates",
                        "30",
                        "--width",
                        "4",
                        "--length",
                        "64",
                        "--batch",
                        "16",
                        "--out",
                        out.toString());
        assertEquals(0, train.code(), train.err());
        JsonNode json = metrics(out);
        assertEquals(0, json.get("snrBefore").asDouble(), 0.1);
        assertTrue(json.get("snrAfter").asDouble() > 3, train.out());
        assertTrue(json.get("snrBandPass").isNumber());
        assertEquals(
                "{\"batch\":16,\"lr\":0.005,\"seed\":1,\"length\":64,\"snr\":0.0,\"width\":4,\"updates\":30}",
                json.get("settings").toString());
        assertTrue(train.out().contains(" 0.0 dB before"), train.out());
        assertRefused("--length 8", "train", "unet", "--length", "8");
        assertRefused("--snr NaN", "train", "unet", "--snr", "NaN");
        assertRefused("--lr -1", "train", "unet", "--lr", "-1");
    }

    @Test
    void freshNetworkIsSummarized() {
        Cli summary = Cli.run("summary", "eegnet");
        assertEquals(0, summary.code(), summary.err());
        assertTrue(summary.out().contains("8 x 22 x 256"), summary.out());
        // 1,972 trainable ones and the running mean and variance of 8 + 16 + 16 channels.
        assertTrue(summary.out().contains("2,052 parameters"), summary.out());
    }

    @Test
    void helpAndVersion() {
        Cli help = Cli.run("train", "eegnet", "--help");
        assertEquals(0, help.code());
        assertTrue(help.out().contains("--no-early-stopping"), help.out());
        assertTrue(Cli.run("--help").out().contains("evaluate"));
        assertTrue(Cli.run("--version").out().matches("(?s)lamina \\d+\\.\\d+.*"));
    }

    /** Other statistics, the same weights. */
    @Test
    void recomputesTheStatisticsOfBatchNormalization() throws IOException {
        Map<String, INDArray> usual = trainedTwoEpochs("running");
        Map<String, INDArray> recomputed = trainedTwoEpochs("recomputed", "--recompute-bn");
        usual.forEach(
                (name, array) ->
                        assertEquals(
                                !name.matches(".*_(mean|var)"),
                                array.equals(recomputed.get(name)),
                                name));
    }

    /** Of two outputs and of one; the weights are in the model, the log and the results. */
    @ParameterizedTest
    @ValueSource(strings = {"KERAS", "SELFEEG"})
    void classesHaveWeights(String preset) throws IOException {
        Path out = folder.resolve("weights-" + preset);
        Cli train =
                Cli.train(
                        data,
                        out,
                        "--epochs",
                        "3",
                        "--preset",
                        preset,
                        "--class-weights",
                        "2=3.5",
                        "--choose-by",
                        "balanced-accuracy");
        assertTrue(train.out().contains("weights     1 1.00, 2 3.50"), train.out());
        assertTrue(train.out().contains("with the largest balanced accuracy"), train.out());
        JsonNode json = metrics(out);
        assertEquals("{\"1\":1.0,\"2\":3.5}", json.get("classWeights").toString());
        assertEquals("balanced-accuracy", json.at("/settings/chooseBy").asText());
        double best = -1;
        int kept = 0;
        for (JsonNode epoch : json.get("history")) {
            double balanced = epoch.get("validationBalancedAccuracy").asDouble();
            kept = balanced > best ? epoch.get("number").asInt() : kept;
            best = Math.max(best, balanced);
        }
        assertEquals(kept, json.get("keptEpoch").asInt());
        assertEquals(best, json.at("/validation/balancedAccuracy").asDouble(), 1e-9);
        evaluates(out.resolve("model.zip"), json, out);
        Cli plain = Cli.run("export", out + "/model.zip", "--out", out + "/plain.zip");
        assertEquals(0, plain.code(), plain.err());
    }

    private static Map<String, INDArray> trainedTwoEpochs(String name, String... more)
            throws IOException {
        List<String> args =
                new ArrayList<>(List.of("--epochs", "2", "--seed", "5", "--no-early-stopping"));
        args.addAll(List.of(more));
        Cli train = Cli.train(data, folder.resolve(name), args.toArray(String[]::new));
        assertEquals("", train.err());
        return ModelFile.load(folder.resolve(name).resolve("model.zip")).network().paramTable();
    }
}
