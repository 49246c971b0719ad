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
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.zoo.data.epochs.EpochingOptions;
import picocli.CommandLine;

/** Models remember how their recordings were preprocessed. */
class PreprocessingTest {
    @TempDir static Path folder;

    private static Path data;

    @BeforeAll
    static void write() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 3, 12);
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    /** {@code evaluate} and {@code predict} measure what the training measured. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--align euclidean --moving-standardize --init-block-size 100",
                "--reference Cz --channels C4,C3 --align Euclidean",
                "--reference average --align euclidean",
                "--reference cz --moving-standardize --factor-new 0.01",
            })
    void evaluationRepeatsThePreprocessing(String switches) throws IOException {
        Path out = folder.resolve(switches.replaceAll("\\W+", "-"));
        List<String> more = new ArrayList<>(List.of("--epochs", "4", "--test-runs", "3"));
        more.addAll(List.of(switches.split(" ")));
        Cli.train(data, out, more.toArray(String[]::new));
        JsonNode trained = json(out.resolve("metrics.json")).get("test");

        Path evaluation = out.resolve("evaluation.json");
        String model = out.resolve("model.zip").toString();
        Cli evaluated =
                Cli.run(
                        "evaluate",
                        model,
                        "--data",
                        data.toString(),
                        "--runs",
                        "3",
                        "--out",
                        evaluation.toString());
        assertEquals(0, evaluated.code(), evaluated.err());
        JsonNode again = json(evaluation).findValue("loss");
        assertEquals(trained.get("loss").asDouble(), again.asDouble(), 1e-7);

        Cli predicted = Cli.run("predict", model, data.resolve("run3.csv").toString());
        assertEquals(0, predicted.code(), predicted.err());
        List<String> rows = predicted.out().lines().skip(1).toList();
        double loss = 0;
        for (String row : rows) {
            String[] cells = row.split(",");
            loss -= Math.log(Double.parseDouble(cells[cells[1].equals("1") ? 3 : 4]));
        }
        assertEquals(12, rows.size());
        assertEquals(trained.get("loss").asDouble(), loss / rows.size(), 1e-4);
    }

    @Test
    void augmentationIsASetting() throws IOException {
        String[] plain = {"--epochs", "2", "--test-runs", "3", "--no-early-stopping"};
        Path without = folder.resolve("plain");
        Cli.train(data, without, plain);
        List<String> switches = new ArrayList<>(List.of(plain));
        switches.addAll(List.of("--augment", "ft-surrogate:probability=1,channel_indep=true"));
        switches.addAll(List.of("--augment", "mixup:alpha=0.2"));
        Path with = folder.resolve("augmented");
        Cli.train(data, with, switches.toArray(String[]::new));
        assertNotEquals(
                json(without.resolve("metrics.json")).get("history").get(0).get("loss"),
                json(with.resolve("metrics.json")).get("history").get(0).get("loss"));
        assertEquals(
                "[\"ft-surrogate:probability=1,channel_indep=true\",\"mixup:alpha=0.2\"]",
                json(with.resolve("metrics.json")).get("settings").get("augment").toString());
        String report = Files.readString(with.resolve("report.html"));
        assertTrue(report.contains("mixup:alpha"), "in the report");
    }

    @Test
    void badIntervalsAreKeptIfAskedFor() {
        PreprocessingSettings settings = new PreprocessingSettings();
        assertFalse(settings.addTo(EpochingOptions.builder()).build().badIntervals());
        new CommandLine(settings).parseArgs("--bad-intervals");
        assertTrue(settings.addTo(EpochingOptions.builder()).build().badIntervals());
    }
}
