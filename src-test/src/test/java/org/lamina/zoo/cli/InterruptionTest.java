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
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.image.MnistFolder;

/** A program of its own is interrupted by a signal and gone on with. */
@DisabledOnOs(OS.WINDOWS)
class InterruptionTest {
    @Test
    void savesACheckpointAndGoesOnAsIfNeverStopped(@TempDir Path folder) throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 2, 10);
        // So many that the signal comes in time; the comparison below reads how many were enough.
        String[] switches = {
            "--epochs", "60", "--patience", "60", "--seed", "4", "--augment", "gaussian-noise"
        };
        Path whole = folder.resolve("whole");
        Cli.train(data, whole, switches);

        Path out = folder.resolve("interrupted");
        String printed = interruptAfterEpochs(3, data, out, switches);
        assertTrue(printed.contains("Interrupted in epoch"), printed);
        assertTrue(printed.contains("--resume " + out), printed);
        assertEquals(List.of("checkpoint.zip"), List.of(out.toFile().list()));

        Cli resumed = Cli.run("train", "eegnet", "--resume", out.toString());
        assertEquals(0, resumed.code(), resumed.err());
        assertTrue(resumed.out().contains("Resuming after epoch"), resumed.out());
        assertFalse(Files.exists(out.resolve("checkpoint.zip")));
        assertEquals(
                ModelSerializer.restoreMultiLayerNetwork(whole.resolve("model.zip").toFile())
                        .params(),
                ModelSerializer.restoreMultiLayerNetwork(out.resolve("model.zip").toFile())
                        .params());
        assertEquals(losses(whole), losses(out));
    }

    /** With the average of the parameters and the augmentation of images. */
    @Test
    void trainingOnImagesGoesOnAsIfNeverStopped(@TempDir Path folder) throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        MnistFolder.write(data, 48, 8, 12);
        List<String> switches =
                List.of("--epochs", "12", "--batch", "8", "--data", data.toString(), "--out");
        List<String> args = new ArrayList<>(List.of("train", "nfnet-tiny"));
        args.addAll(switches);
        Path out = folder.resolve("interrupted");
        args.add(out.toString());
        String printed = Cli.interrupt(2, List.of(), args);
        assertTrue(printed.contains("Interrupted in epoch"), printed);
        assertTrue(printed.contains("train nfnet-tiny --resume " + out), printed);
        assertEquals(List.of("checkpoint.zip"), List.of(out.toFile().list()));
        Cli other = Cli.run("train", "eegnet", "--resume", out.toString());
        assertEquals(2, other.code());
        assertTrue(other.err().contains("that run trains nfnet-tiny, not eegnet"), other.err());
        MnistFolder.write(data, 40, 8, 12);
        Cli otherData = Cli.run("train", "nfnet-tiny", "--resume", out.toString());
        assertEquals(2, otherData.code());
        assertTrue(otherData.err().contains("not the data that the interrupted"), otherData.err());
        MnistFolder.write(data, 48, 8, 12);

        Cli resumed = Cli.run("train", "nfnet-tiny", "--resume", out.toString());
        assertEquals(0, resumed.code(), resumed.err());
        assertTrue(resumed.out().contains("Resuming after epoch"), resumed.out());
        assertFalse(Files.exists(out.resolve("checkpoint.zip")));
        Path whole = folder.resolve("whole");
        args.set(args.size() - 1, whole.toString());
        Cli uninterrupted = Cli.run(args.toArray(String[]::new));
        assertEquals(0, uninterrupted.code(), uninterrupted.err());
        assertEquals(
                ModelSerializer.restoreComputationGraph(whole.resolve("model.zip").toFile())
                        .params(),
                ModelSerializer.restoreComputationGraph(out.resolve("model.zip").toFile())
                        .params());
        assertEquals(losses(whole), losses(out));
    }

    /** In the second of two folds, of which the first is not computed again. */
    @Test
    void aCrossValidationGoesOnAsIfNeverStopped(@TempDir Path folder) throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 2, 10);
        Path out = folder.resolve("interrupted");
        List<String> args = new ArrayList<>(List.of("crossval", "eegnet"));
        args.addAll(List.of("--data", data.toString(), "--epochs", "30", "--patience", "60"));
        args.addAll(Cli.TINY);
        args.addAll(List.of("--out", out.toString()));
        String printed = Cli.interrupt(32, List.of(), args);
        assertTrue(printed.contains("crossval eegnet --resume " + out), printed);
        Cli resumed = Cli.run("crossval", "eegnet", "--resume", out.toString());
        assertEquals(0, resumed.code(), resumed.err());
        assertTrue(resumed.out().contains("1 of 2 trained"), resumed.out());
        assertTrue(resumed.out().contains("Resuming after epoch"), resumed.out());
        Path whole = folder.resolve("whole");
        args.set(args.size() - 1, whole.toString());
        assertEquals(0, Cli.run(args.toArray(String[]::new)).code());
        assertEquals(
                Files.readString(whole.resolve("predictions.csv")),
                Files.readString(out.resolve("predictions.csv")));
    }

    private static String interruptAfterEpochs(int epochs, Path data, Path out, String... switches)
            throws Exception {
        List<String> args = new ArrayList<>(List.of("train", "eegnet"));
        args.addAll(List.of("--data", data.toString(), "--out", out.toString()));
        args.addAll(Cli.TINY);
        args.addAll(List.of(switches));
        return Cli.interrupt(epochs, List.of(), args);
    }

    private static List<String> losses(Path out) throws IOException {
        JsonNode json = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
        List<String> losses = new ArrayList<>();
        json.get("history").forEach(epoch -> losses.add(epoch.get("loss").asText()));
        return losses;
    }
}
