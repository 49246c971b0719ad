package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import onnx.Onnx;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.harness.OnnxRuntime;
import org.lamina.zoo.data.edf.EdfWriter;
import org.lamina.zoo.modelfile.ModelCard;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.network.Networks;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a saved model says about recordings other than those that it was trained on. */
class SavedModelTest {
    @TempDir static Path folder;
    private static Path data;
    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 2, 6);
        Cli.train(data, folder.resolve("out"), "--epochs", "1");
        model = folder.resolve("out/model.zip");
    }

    /** Records of a second at the onsets given, with the annotation of the same index if any. */
    private static Path recording(String name, int[] onsets, String... labels) throws IOException {
        Random random = new Random(3);
        EdfWriter writer = new EdfWriter(false, "EDF+D", "1");
        for (String channel : List.of("C3", "Cz", "C4")) {
            writer.plain(channel, Cli.RATE);
        }
        writer.annotations(20);
        for (int i = 0; i < onsets.length; i++) {
            String text = "+" + onsets[i] + "\24\24\0";
            if (i < labels.length && !labels[i].isEmpty()) {
                text += "+" + onsets[i] + "\24" + labels[i] + "\24\0";
            }
            writer.record(noise(random), noise(random), noise(random), text);
        }
        return writer.write(folder.resolve(name));
    }

    private static int[] noise(Random random) {
        return IntStream.range(0, Cli.RATE).map(i -> random.nextInt(41) - 20).toArray();
    }

    /** The column of onsets and labels, without the header. */
    private static List<String> onsetsAndLabels(Cli predicted) {
        return predicted
                .out()
                .lines()
                .skip(1)
                .map(line -> line.substring(0, line.indexOf(',', line.indexOf(',') + 1)))
                .toList();
    }

    /** Raw epochs go into the file, probabilities come out, and the file says what they are. */
    @Test
    void exportsWithItsNormalizer() throws Exception {
        Path file = folder.resolve("model.onnx");
        String[] export = {
            "export", model.toString(), "--out", file.toString(), "--with-normalizer"
        };
        Cli cli = Cli.run(export);
        assertEquals(0, cli.code(), cli.err());
        ModelFile saved = ModelFile.load(model);
        ModelCard card = saved.card();
        INDArray raw =
                Nd4j.randn(DataType.FLOAT, 3, 1, card.channels().size(), card.samples()).muli(20);
        INDArray prepared = raw.dup();
        saved.normalizer().transform(prepared);
        byte[] content = Files.readAllBytes(file);
        try (OnnxRuntime onnx = OnnxRuntime.of(content)) {
            INDArray expected = Networks.output(saved.network(), prepared);
            onnx.check("normalizer in the graph", expected, raw);
        }
        Map<String, String> metadata =
                Onnx.ModelProto.parseFrom(content).getMetadataPropsList().stream()
                        .collect(Collectors.toMap(p -> p.getKey(), p -> p.getValue()));
        assertEquals(
                card.classes(), new ObjectMapper().readValue(metadata.get("classes"), List.class));
        assertEquals(card.samplingRate(), Double.parseDouble(metadata.get("sampling_rate")));
    }

    @Test
    void shortPiecesArePassedOver() throws IOException {
        // Pieces of 2, 2 and 1 s, and epochs of 1.5 s: the last has no room for one.
        Path longer = folder.resolve("longer");
        String[] switches = "--f1 2 --depth 1 --epochs 1 --tmax 1.5".split(" ");
        List<String> args = new ArrayList<>(List.of("train", "eegnet", "--data", data.toString()));
        args.addAll(List.of("--out", longer.toString()));
        args.addAll(List.of(switches));
        assertEquals(0, Cli.run(args.toArray(String[]::new)).code());
        String longerModel = longer.resolve("model.zip").toString();
        Path file = recording("pieces.edf", new int[] {0, 1, 10, 11, 20});
        Cli cli = Cli.run("predict", longerModel, file.toString());
        assertEquals(0, cli.code(), cli.err());
        assertEquals(List.of("0.000,", "10.000,"), onsetsAndLabels(cli));
        assertTrue(cli.err().contains("skipped 1 of 3 pieces"), cli.err());

        Path tooShort = recording("short.edf", new int[] {0, 10, 20}, "1", "2");
        Cli refused = Cli.run("predict", longerModel, tooShort.toString());
        assertEquals(3, refused.code());
        assertEquals("", refused.out());
        assertTrue(refused.err().contains("shorter than an epoch of 1.500 s"), refused.err());
    }

    @Test
    void eventsOfOnePieceDecideForAll() throws IOException {
        int[] onsets = {0, 1, 2, 10, 11, 12, 20, 21};
        Path file = recording("events.edf", onsets, "", "1", "", "", "", "", "2");
        Cli cli = Cli.run("predict", model.toString(), file.toString());
        assertEquals(0, cli.code(), cli.err());
        assertEquals("", cli.err());
        assertEquals(List.of("1.000,1", "20.000,2"), onsetsAndLabels(cli));

        Cli every = Cli.run("predict", model.toString(), file.toString(), "--every", "2");
        assertEquals(
                List.of("0.000,", "2.000,", "10.000,", "12.000,", "20.000,"),
                onsetsAndLabels(every));
    }

    private static Cli evaluate(Path recordings, String... more) {
        List<String> args = new ArrayList<>(List.of("evaluate", model.toString()));
        args.addAll(List.of("--data", recordings.toString()));
        args.addAll(List.of(more));
        Cli cli = Cli.run(args.toArray(String[]::new));
        assertEquals(0, cli.code(), cli.err());
        return cli;
    }

    @Test
    void evaluationOnTrainingDataIsNotSilent() throws IOException {
        assertTrue(evaluate(data).err().contains("was trained on run 1 of these recordings"));
        assertEquals("", evaluate(data, "--runs", "2").err());

        Path single = Files.createDirectory(folder.resolve("single"));
        Cli.writeRecordings(single, 1, 16);
        Path out = folder.resolve("single-out");
        Cli train = Cli.train(single, out, "--epochs", "1");
        assertTrue(train.out().contains("model.zip --data OTHER_RECORDINGS"), train.out());
        Cli again =
                Cli.run(
                        "evaluate",
                        out.resolve("model.zip").toString(),
                        "--data",
                        single.toString());
        assertTrue(again.err().contains("trained on a part of these"), again.err());
        assertEquals(1, again.err().lines().count(), again.err());
    }

    @Test
    void aClassMayBeMissingWhereAModelIsMeasured() throws IOException {
        Path one = Files.createDirectory(folder.resolve("one-class"));
        String text = Files.readString(data.resolve("run2.csv")).replaceAll(",2\\R", ",0\n");
        Files.writeString(one.resolve("run.csv"), text);
        Path json = folder.resolve("one.json");
        Cli cli = evaluate(one, "--out", json.toString());
        assertEquals("Warning: no epoch of class '2' to measure with", cli.err().strip());
        assertTrue(cli.out().contains("3 epochs (3 1, 0 2)"), cli.out());
        assertTrue(cli.out().contains("AUC -"), cli.out());
        JsonNode metrics = new ObjectMapper().readTree(json.toFile());
        assertTrue(metrics.get("auc").isNull());
        assertEquals(3, metrics.get("examples").asInt());

        Files.writeString(one.resolve("run.csv"), text.replaceAll(",1\\R", ",7\n"));
        Cli none = Cli.run("evaluate", model.toString(), "--data", one.toString());
        assertEquals(3, none.code());
        assertTrue(none.err().contains("no event '1' or '2'; available: 7"), none.err());
    }
}
