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
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.image.ImageIterator;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.data.image.MnistFolder;
import org.lamina.zoo.training.ImageTrainer;

class TrainNFNetCommandTest {

    @TempDir private Path folder;

    /** What is saved is what was measured, normalizer included; the same seed gives the same. */
    @Test
    void trainsOnAFolderAndSaves() throws IOException {
        Path data = Files.createDirectory(folder.resolve("images"));
        MnistFolder.write(data, 40, 24, 16);
        JsonNode first = train(data, "one");
        assertEquals(24, first.at("/test/examples").asInt());
        assertFalse(first.at("/generated").asBoolean());
        assertEquals(134856, first.at("/parameters").asInt());
        Path model = folder.resolve("one").resolve("model.zip");
        ComputationGraph network = ModelSerializer.restoreComputationGraph(model.toFile(), false);
        ImageIterator test = ImageIterator.inOrder(ImageSet.test(data, ImageSet.training(data)), 7);
        test.setPreProcessor(ModelSerializer.restoreNormalizerFromFile(model.toFile()));
        assertEquals(
                first.at("/test/loss").asDouble(),
                ImageTrainer.evaluate(network, test).loss(),
                1e-6);
        assertEquals(
                first.at("/test/loss").asDouble(), train(data, "two").at("/test/loss").asDouble());
        JsonNode plain = train(data, "plain", "--plain-weights");
        assertFalse(plain.at("/settings/standardizedWeights").asBoolean(true));
        assertTrue(
                plain.at("/parameters").asInt() < first.at("/parameters").asInt(),
                "plain convolutions have no gains");
    }

    private JsonNode train(Path data, String name, String... more) throws IOException {
        Path out = folder.resolve(name);
        List<String> args =
                new ArrayList<>(List.of("train", "nfnet-tiny", "--data", data.toString(), "--out"));
        args.addAll(List.of(out.toString(), "--epochs", "2", "--batch", "16"));
        args.addAll(List.of("--examples", "32"));
        args.addAll(List.of(more));
        Cli run = Cli.run(args.toArray(String[]::new));
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("32 images to train on, 24 to test with"), run.out());
        assertTrue(run.out().contains("Epoch   2/2  loss"), run.out());
        return new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
    }

    @Test
    void wrongInputGetsOneLine() throws IOException {
        Path none = folder.resolve("none");
        assertRefused("there is no such folder", "--data", none.toString());
        assertRefused("has neither train-images-idx3-ubyte nor", "--data", folder.toString());
        assertRefused("--epochs 0: must be above 0", "--epochs", "0");
        assertRefused("--batch -1: must be above 0", "--batch", "-1");
        assertRefused("--lr 0: must be above 0", "--lr", "0");
        assertRefused("--lr NaN: must be above 0", "--lr", "NaN");
        assertRefused("--clip -0.1: must be 0 (off) or above", "--clip", "-0.1");
        assertRefused("--examples -5: must be 0 (off) or above", "--examples", "-5");
        Path file = Files.writeString(folder.resolve("file"), "text");
        assertRefused("results cannot be written", "--out", file.toString());
    }

    private static void assertRefused(String message, String... options) {
        String[] args = new String[2 + options.length];
        args[0] = "train";
        args[1] = "nfnet-tiny";
        System.arraycopy(options, 0, args, 2, options.length);
        Cli run = Cli.run(args);
        assertEquals(2, run.code(), run.err());
        assertTrue(run.err().contains(message), run.err());
        assertEquals(1, run.err().strip().lines().count(), run.err());
    }
}
