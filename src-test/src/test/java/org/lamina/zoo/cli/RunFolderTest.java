package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.io.Kills;
import org.lamina.zoo.modelfile.Checkpoint;
import org.lamina.zoo.modelfile.ModelFile;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A folder of results belongs to one run, whenever that or an earlier one was killed. The kills are
 * errors that nothing catches, thrown within the test at each rename: what is on the disk then is
 * what a killed process leaves.
 */
class RunFolderTest {
    private static final Set<String> RESULTS = Set.of("model.zip", "metrics.json", "report.html");

    @TempDir static Path folder;
    private static Path data;

    @BeforeAll
    static void record() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 2, 8);
    }

    private static String[] training(Path out, String... more) {
        List<String> args = new ArrayList<>(List.of("train", "eegnet", "--data", data.toString()));
        args.addAll(List.of("--out", out.toString(), "--epochs", "2"));
        args.addAll(Cli.TINY);
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    private static Set<String> files(Path out) {
        return new TreeSet<>(List.of(out.toFile().list()));
    }

    private static INDArray parameters(Path out) throws IOException {
        return ModelFile.load(out.resolve("model.zip")).network().params();
    }

    @Test
    void aKillAtAnyRenameLosesNothing() throws IOException {
        Path whole = folder.resolve("whole");
        assertEquals(0, Cli.run(training(whole)).code());
        for (String file : List.of("checkpoint.zip", "model.zip", "metrics.json", "report.html")) {
            for (boolean after : new boolean[] {false, true}) {
                Path out = folder.resolve(file + after);
                assertTrue(Kills.at(file, after, () -> Cli.run(training(out))));
                Path leftover =
                        Files.createFile(
                                out.resolve("." + file + "-" + UUID.randomUUID() + ".tmp"));
                Cli resumed = Cli.run("train", "eegnet", "--resume", out.toString());
                if (file.equals("checkpoint.zip") && !after) {
                    assertTrue(resumed.err().contains("no checkpoint.zip there"), resumed.err());
                    assertEquals(Set.of(leftover.getFileName().toString()), files(out));
                    assertEquals(0, Cli.run(training(out)).code());
                } else {
                    assertEquals(0, resumed.code(), resumed.err());
                }
                assertEquals(RESULTS, files(out));
                assertEquals(parameters(whole), parameters(out));
            }
        }
    }

    @Test
    void nothingOfAnEarlierRunIsTaken() throws IOException {
        Path out = folder.resolve("twice");
        assertTrue(Kills.at("model.zip", true, () -> Cli.run(training(out))));
        String first = Checkpoint.load(out.resolve("checkpoint.zip")).model().card().run();
        Files.writeString(out.resolve("notes.txt"), "mine");
        assertTrue(Kills.at("checkpoint.zip", false, () -> Cli.run(training(out, "--seed", "2"))));
        assertEquals(Set.of("notes.txt"), files(out));
        assertTrue(Kills.at("model.zip", true, () -> Cli.run(training(out, "--seed", "2"))));
        String second = Checkpoint.load(out.resolve("checkpoint.zip")).model().card().run();
        assertNotEquals(first, second);
        assertEquals(0, Cli.run("train", "eegnet", "--resume", out.toString()).code());
        assertEquals(second, ModelFile.load(out.resolve("model.zip")).card().run());
        String metrics = Files.readString(out.resolve("metrics.json"));
        assertEquals(second, new ObjectMapper().readTree(metrics).get("run").asText());
        assertTrue(Files.readString(out.resolve("report.html")).contains(second));
        Cli complete = Cli.run("train", "eegnet", "--resume", out.toString());
        assertTrue(complete.err().contains("the run is complete"), complete.err());

        Path other = folder.resolve("other");
        assertTrue(Kills.at("checkpoint.zip", true, () -> Cli.run(training(other))));
        Files.copy(out.resolve("model.zip"), other.resolve("model.zip"));
        Cli mixed = Cli.run("train", "eegnet", "--resume", other.toString());
        assertTrue(mixed.err().contains("is not of the run of checkpoint.zip"), mixed.err());
    }

    @Test
    void aFolderIsOneRunsAtATime() throws IOException {
        Path out = folder.resolve("shared");
        assertTrue(Kills.at("checkpoint.zip", true, () -> Cli.run(training(out))));
        byte[] checkpoint = Files.readAllBytes(out.resolve("checkpoint.zip"));
        try (OutputFolder other = OutputFolder.resume(out)) {
            for (String[] args :
                    List.of(
                            training(out),
                            new String[] {"train", "eegnet", "--resume", out.toString()},
                            new String[] {"train", "unet", "--out", out.toString()})) {
                Cli refused = Cli.run(args);
                assertEquals(ExitCode.USAGE, refused.code(), refused.err());
                assertTrue(refused.err().contains(out + ": another run is"), refused.err());
                assertEquals(1, refused.err().lines().count(), refused.err());
            }
            assertArrayEquals(checkpoint, Files.readAllBytes(other.checkpoint()));
        }
        assertEquals(0, Cli.run("train", "eegnet", "--resume", out.toString()).code());
        assertEquals(RESULTS, files(out));
    }

    @Test
    void otherTestDataAreNoticed() throws IOException {
        Path own = Files.createDirectory(folder.resolve("own-data"));
        Cli.writeRecordings(own, 2, 8);
        Path out = folder.resolve("own");
        String[] args = training(out, "--test-runs", "2");
        args[3] = own.toString();
        assertTrue(Kills.at("checkpoint.zip", true, () -> Cli.run(args)));
        Path test = own.resolve("run2.csv");
        String text = Files.readString(test);
        Files.writeString(
                test,
                text.replaceAll(",1\\R", ",9\n")
                        .replaceAll(",2\\R", ",1\n")
                        .replaceAll(",9\\R", ",2\n"));
        Cli resumed = Cli.run("train", "eegnet", "--resume", out.toString());
        assertTrue(resumed.err().contains("not the data that the interrupted"), resumed.err());
        Files.writeString(test, text);
        assertEquals(0, Cli.run("train", "eegnet", "--resume", out.toString()).code());
    }

    /** Settings that the other version lacks, or that switch off what this version lacks. */
    @Test
    void runsOfOtherVersionsAreResumed() throws IOException {
        Path out = folder.resolve("versions");
        assertTrue(Kills.at("checkpoint.zip", true, () -> Cli.run(training(out))));
        Path checkpoint = out.resolve("checkpoint.zip");
        byte[] begun = Files.readAllBytes(checkpoint);
        String[] resume = {"train", "eegnet", "--resume", out.toString()};

        changeSettings(checkpoint, settings -> settings.put("rotation", 3));
        Cli refused = Cli.run(resume);
        assertEquals(ExitCode.DATA, refused.code(), refused.err());
        assertTrue(refused.err().contains("'rotation'"), refused.err());
        Files.write(checkpoint, begun);
        changeSettings(checkpoint, settings -> settings.put("folds", "run"));
        Cli other = Cli.run(resume);
        assertEquals(ExitCode.USAGE, other.code(), other.err());
        assertTrue(other.err().contains("begun by 'crossval'"), other.err());

        Files.write(checkpoint, begun);
        Cli crossval = Cli.run("crossval", "eegnet", "--resume", out.toString());
        assertEquals(ExitCode.USAGE, crossval.code(), crossval.err());
        assertTrue(crossval.err().contains("begun by 'train'"), crossval.err());
        changeSettings(
                checkpoint,
                settings -> {
                    settings.remove("chooseBy");
                    settings.remove("badChannels");
                    settings.put("rotation", null);
                    settings.put("shear", false);
                    settings.put("zoom", 0.0);
                    settings.put("palette", "none");
                    settings.put("regions", new ArrayList<>());
                });
        Cli resumed = Cli.run(resume);
        assertEquals(0, resumed.code(), resumed.err());
        assertEquals(RESULTS, files(out));
    }

    private static void changeSettings(Path checkpoint, Consumer<Map<String, Object>> change)
            throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(checkpoint)) {
            Path card = zip.getPath("lamina.json");
            ObjectMapper json = new ObjectMapper();
            Map<String, Object> all =
                    json.readValue(Files.readAllBytes(card), new TypeReference<>() {});
            @SuppressWarnings("unchecked")
            Map<String, Object> settings = (Map<String, Object>) all.get("settings");
            change.accept(settings);
            Files.write(card, json.writeValueAsBytes(all));
        }
    }

    @Test
    void runsOfTheSameSecondHaveFoldersOfTheirOwn() throws IOException {
        String network = folder.resolve("net").toString();
        Set<Path> folders = new TreeSet<>();
        for (int i = 0; i < 5; i++) {
            try (OutputFolder out = OutputFolder.create(null, network)) {
                folders.add(out.path());
            }
        }
        assertEquals(5, folders.size());
        assertFalse(folders.contains(folder.resolve("net")));
    }
}
