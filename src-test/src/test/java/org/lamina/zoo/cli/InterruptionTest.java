package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A program of its own is interrupted by a signal and gone on with. */
@DisabledOnOs(OS.WINDOWS)
class InterruptionTest {
    @Test
    void savesACheckpointAndGoesOnAsIfNeverStopped(@TempDir Path folder) throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 2, 10);
        // So many that the signal comes in time; the comparison below reads how many were enough.
        String[] switches = {"--epochs", "60", "--patience", "60", "--seed", "4"};
        Path whole = folder.resolve("whole");
        Cli.train(data, whole, switches);

        Path out = folder.resolve("interrupted");
        String printed = interruptAfterEpochs(3, data, out, switches);
        assertTrue(printed.contains("Interrupted in epoch"), printed);
        assertTrue(printed.contains("--resume " + out), printed);
        assertEquals(List.of("checkpoint.zip"), List.of(out.toFile().list()));

        Cli resumed = Cli.run("train", "eegnet", "--resume", out.toString());
        assertEquals(0, resumed.code(), resumed.err());
        assertTrue(resumed.out().contains("Going on after epoch"), resumed.out());
        assertFalse(Files.exists(out.resolve("checkpoint.zip")));
        assertEquals(
                ModelSerializer.restoreMultiLayerNetwork(whole.resolve("model.zip").toFile())
                        .params(),
                ModelSerializer.restoreMultiLayerNetwork(out.resolve("model.zip").toFile())
                        .params());
        assertEquals(losses(whole), losses(out));
    }

    private static String interruptAfterEpochs(int epochs, Path data, Path out, String... switches)
            throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Main.class.getName(), "train", "eegnet"));
        command.addAll(List.of("--data", data.toString(), "--out", out.toString()));
        command.addAll(Cli.TINY);
        command.addAll(List.of(switches));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        StringBuilder printed = new StringBuilder();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            int seen = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                printed.append(line).append('\n');
                if (line.startsWith("Epoch") && ++seen == epochs) {
                    // SIGTERM; the virtual machine treats SIGINT, Ctrl-C, the same way.
                    process.toHandle().destroy();
                }
            }
        } finally {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        assertTrue(process.exitValue() > 128, "exit code " + process.exitValue());
        return printed.toString();
    }

    private static List<String> losses(Path out) throws IOException {
        JsonNode json = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
        List<String> losses = new ArrayList<>();
        json.get("history").forEach(epoch -> losses.add(epoch.get("loss").asText()));
        return losses;
    }
}
