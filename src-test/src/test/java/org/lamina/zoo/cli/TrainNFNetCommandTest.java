package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.ClassWeightedLoss;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.image.ImageIterator;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.data.image.MnistFolder;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.network.Networks;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

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
        assertEquals(first.at("/test/loss").asDouble(), Metrics.of(network, test).loss(), 1e-6);
        assertEquals(
                first.at("/test/loss").asDouble(), train(data, "two").at("/test/loss").asDouble());
        JsonNode plain = train(data, "plain", "--plain-weights");
        assertFalse(plain.at("/settings/standardizedWeights").asBoolean(true));
        assertTrue(
                plain.at("/parameters").asInt() < first.at("/parameters").asInt(),
                "plain convolutions have no gains");
    }

    /** What training measured is measured again from the file, and is what is predicted. */
    @Test
    void aSavedModelIsUsed() throws IOException {
        Path data = Files.createDirectory(folder.resolve("images"));
        MnistFolder.write(data, 40, 24, 16);
        JsonNode trained = train(data, "run");
        String model = folder.resolve("run").resolve("model.zip").toString();
        String report = Files.readString(folder.resolve("run").resolve("report.html"));
        assertTrue(report.contains("Signal propagation"), "no signal propagation");
        assertFalse(report.contains("EEG"), "a report about images");
        String json = folder.resolve("evaluated.json").toString();
        Cli evaluated = Cli.run("evaluate", model, "--data", data.toString(), "--out", json);
        assertEquals(0, evaluated.code(), evaluated.err());
        assertTrue(evaluated.out().contains("24 images"), evaluated.out());
        JsonNode again = new ObjectMapper().readTree(Path.of(json).toFile());
        assertEquals(trained.get("test").get("confusion"), again.get("confusion"));
        assertEquals(trained.at("/test/loss").asDouble(), again.get("loss").asDouble(), 1e-6);

        String images = data.resolve("t10k-images-idx3-ubyte").toString();
        Cli predicted = Cli.run("predict", model, images);
        assertEquals(0, predicted.code(), predicted.err());
        List<String> lines = predicted.out().lines().toList();
        assertEquals("image,predicted,p(0),p(1),p(2),p(3)", lines.get(0));
        assertEquals(25, lines.size());
        int right = 0;
        for (int n = 0; n < 24; n++) {
            String[] cells = lines.get(n + 1).split(",");
            assertEquals(Integer.toString(n), cells[0]);
            right += cells[1].equals(Integer.toString(n % 4)) ? 1 : 0;
        }
        assertEquals(trained.at("/test/accuracy").asDouble(), right / 24.0, 1e-12);

        Cli summary = Cli.run("summary", model);
        assertEquals(0, summary.code(), summary.err());
        assertTrue(summary.out().contains("images    16 x 16, channels: 1"), summary.out());
        assertTrue(summary.out().contains("134,856 parameters"), summary.out());

        Path larger = Files.createDirectory(folder.resolve("larger"));
        MnistFolder.write(larger, 8, 8, 20);
        refused("test images of 20 x 20", "evaluate", model, "--data", larger.toString());
        refused("--data is missing", "evaluate", model);
        refused("--runs", "evaluate", model, "--data", data.toString(), "--runs", "1");
        String other = larger.resolve("t10k-images-idx3-ubyte").toString();
        refused("images of 20 x 20; the model takes 16 x 16", "predict", model, other);
        refused("--every", "predict", model, images, "--every", "2");
        refused("begins with 0x", "predict", model, json);
        refused("the run is complete", "train", "nfnet-tiny", "--resume", folder + "/run");
        refused(
                "leave out --epochs",
                "train",
                "nfnet-tiny",
                "--resume",
                folder.toString(),
                "--epochs",
                "3");
    }

    /** Another preset, on PNG files in a folder for each class. */
    @Test
    void imageFilesInFoldersAreTrainedOn() throws IOException {
        Path data = folder.resolve("data");
        for (int n = 0; n < 10; n++) {
            for (int label = 0; label < 2; label++) {
                BufferedImage image = new BufferedImage(40, 36, BufferedImage.TYPE_INT_RGB);
                for (int i = 0; i < 40 * 36; i++) {
                    int level = (label == 0 ? i % 40 : i / 40) * 4 + n;
                    image.setRGB(i % 40, i / 40, level << 16 | n << 8);
                }
                Path file = data.resolve(label == 0 ? "across" : "down").resolve(n + ".png");
                Files.createDirectories(file.getParent());
                ImageIO.write(image, "png", file.toFile());
            }
        }
        Path out = folder.resolve("run");
        Cli run =
                Cli.run(
                        "train",
                        "nfnet-tiny",
                        "--data",
                        data.toString(),
                        "--out",
                        out.toString(),
                        "--epochs",
                        "2",
                        "--batch",
                        "8",
                        "--image-size",
                        "24x32",
                        "--crop",
                        "0.9",
                        "--test-share",
                        "0.3",
                        "--class-weights",
                        "down=3");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("weights     across 1.00, down 3.00"), run.out());
        assertTrue(
                run.out().contains("14 images to train on, 6 to test with, 24 x 32, 2 classes"),
                run.out());
        String model = out.resolve("model.zip").toString();
        assertEquals(
                new ClassWeightedLoss(new LossMCXENT(), 1, 3),
                Networks.loss(ModelFile.load(Path.of(model)).network()));
        JsonNode metrics = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
        assertEquals("{\"across\":1.0,\"down\":3.0}", metrics.get("classWeights").toString());
        Cli evaluated = Cli.run("evaluate", model, "--data", data.toString());
        assertEquals(0, evaluated.code(), evaluated.err());
        assertTrue(evaluated.out().contains("20 images"), evaluated.out());
        assertTrue(evaluated.err().contains("trained on a part of these"), evaluated.err());
        Cli predicted = Cli.run("predict", model, data.toString());
        assertEquals(0, predicted.code(), predicted.err());
        List<String> rows = predicted.out().lines().toList();
        assertEquals("image,predicted,p(across),p(down)", rows.get(0));
        assertTrue(rows.get(1).startsWith(Path.of("across", "0.png") + ","), rows.get(1));
        Cli one = Cli.run("predict", model, data.resolve("across/0.png").toString());
        String[] inFolder = rows.get(1).split(",");
        String[] alone = one.out().lines().toList().get(1).split(",");
        assertEquals(inFolder[1], alone[1]);
        for (int k = 2; k < 4; k++) {
            assertEquals(Double.parseDouble(inFolder[k]), Double.parseDouble(alone[k]), 2e-6);
        }
    }

    @Test
    void everyPresetHasACommand() {
        for (NFNet.Preset preset : NFNet.Preset.values()) {
            Cli help = Cli.run("train", Zoo.nameOf(preset), "--help");
            assertEquals(0, help.code(), help.err());
            assertTrue(help.out().contains(Zoo.nameOf(preset)), help.out());
        }
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
        assertRefused("images must be in two folders or more", "--data", folder.toString());
        assertRefused("--image-size: for images in folders", "--image-size", "32");
        assertRefused("--image-size 3x: must be pixels", "--image-size", "3x");
        assertRefused("--crop 2: must be above 0 and at most 1", "--crop", "2");
        assertRefused("--epochs 0: must be above 0", "--epochs", "0");
        assertRefused("--batch -1: must be above 0", "--batch", "-1");
        assertRefused("--lr 0: must be above 0", "--lr", "0");
        assertRefused("--lr NaN: must be above 0", "--lr", "NaN");
        assertRefused("--clip -0.1: must be 0 or more", "--clip", "-0.1");
        assertRefused("--examples -5: must be 0 or more", "--examples", "-5");
        Path file = Files.writeString(folder.resolve("file"), "text");
        assertRefused("results cannot be written", "--out", file.toString());
    }

    private static void assertRefused(String message, String... options) {
        String[] args = new String[2 + options.length];
        args[0] = "train";
        args[1] = "nfnet-tiny";
        System.arraycopy(options, 0, args, 2, options.length);
        refused(message, args);
    }

    private static void refused(String message, String... args) {
        Cli run = Cli.run(args);
        assertTrue(run.refused(), run.code() + run.err());
        assertTrue(run.err().contains(message), run.err());
        assertEquals(1, run.err().strip().lines().count(), run.err());
    }
}
