package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.io.Kills;
import org.lamina.zoo.spark.LocalSpark;

/** {@code crossval} on three runs of 8 epochs, which a tiny network learns in a moment. */
class CrossvalCommandTest {
    private static final Set<String> RESULTS =
            Set.of("predictions.csv", "metrics.json", "report.html");

    @TempDir static Path folder;
    private static Path data;
    private static Path whole;
    private static Cli result;

    @BeforeAll
    static void crossValidate() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 3, 8);
        whole = folder.resolve("whole");
        result = Cli.run(args(data, whole));
        assertEquals(0, result.code(), result.err());
    }

    /** Later values of a switch replace earlier ones. */
    private static String[] args(Path data, Path out, String... more) {
        List<String> all = new ArrayList<>(Cli.TINY);
        all.addAll(List.of("--data", data.toString(), "--out", out.toString()));
        all.addAll(List.of("--epochs", "6", "--seeds", "2", "--threads", "1"));
        all.addAll(List.of(more));
        Map<String, String> switches = new LinkedHashMap<>();
        for (int i = 0; i < all.size(); i += 2) {
            switches.put(all.get(i), all.get(i + 1));
        }
        List<String> args = new ArrayList<>(List.of("crossval", "eegnet"));
        switches.forEach((name, value) -> args.addAll(List.of(name, value)));
        args.removeIf(String::isEmpty);
        return args.toArray(String[]::new);
    }

    private static Set<String> files(Path out) {
        return new TreeSet<>(List.of(out.toFile().list()));
    }

    private static List<String[]> rows(Path out) throws IOException {
        return Files.readAllLines(out.resolve("predictions.csv")).stream()
                .map(line -> line.split(","))
                .toList();
    }

    @Test
    void testsEveryEpochOnceWithEachSeed() throws IOException {
        assertEquals(RESULTS, files(whole));
        List<String[]> rows = rows(whole);
        assertArrayEquals(
                new String[] {"fold", "seed", "epoch", "run", "true", "predicted", "p(1)", "p(2)"},
                rows.get(0));
        assertEquals(1 + 2 * 24, rows.size());
        int[] right = new int[6];
        for (int i = 0; i < 48; i++) {
            String[] row = rows.get(1 + i);
            assertEquals(Integer.toString(i % 24 / 8 + 1), row[0], "fold");
            assertEquals(row[0], row[3], "the fold is the run");
            assertEquals(Integer.toString(i / 24 + 1), row[1], "seed");
            assertEquals(Integer.toString(i % 24 + 1), row[2], "epoch");
            assertEquals(1, Double.parseDouble(row[6]) + Double.parseDouble(row[7]), 1e-6);
            right[i / 8] += row[4].equals(row[5]) ? 1 : 0;
        }
        JsonNode json = new ObjectMapper().readTree(whole.resolve("metrics.json").toFile());
        for (int i = 0; i < 6; i++) {
            JsonNode part = json.get("parts").get(i);
            assertEquals(right[i] / 8.0, part.at("/test/accuracy").asDouble(), 1e-12);
            assertEquals(0.5, part.at("/chance/balancedAccuracy/level").asDouble(), 1e-12);
        }
        double mean = IntStream.of(right).sum() / 48.0;
        assertTrue(mean > 17 / 24.0, "better than chance: " + mean);
        assertEquals(mean, json.at("/mean/accuracy").asDouble(), 1e-12);
        // Of 24 trials 7 to 17 are right by chance (scipy.stats.binom.interval).
        assertEquals(17 / 24.0, json.at("/chance/accuracy/high").asDouble(), 1e-4);
        String run = run(whole);
        assertTrue(run.matches("[0-9a-f-]{36}"), run);
        assertTrue(Files.readString(whole.resolve("report.html")).contains(run), "id of the run");
        assertTrue(result.out().contains("0.500 (0.292 to 0.708)"), result.out());
        assertTrue(result.out().contains("sd of seeds"), result.out());
        assertTrue(Files.readString(whole.resolve("report.html")).contains("sd of folds"));
    }

    /**
     * All epochs of the third run become epochs of class 2, and its last one is another: the
     * network that is tested with it must give the same probabilities, bit for bit, for its other
     * epochs.
     */
    @Test
    void nothingOfTheTestFoldIsLearned() throws IOException {
        assertNothingIsLearned(1, 100);
        assertNothingIsLearned(2, 100, "--recompute-bn", "", "--no-early-stopping", "");
        assertNothingIsLearned(4, 100, "--class-weights", "balanced");
        // The other epochs of a person are aligned with the last one, so that it stays.
        assertNothingIsLearned(3, 1, "--align", "euclidean", "--augment", "GaussianNoise");
    }

    private static void assertNothingIsLearned(int number, double factor, String... more)
            throws IOException {
        List<String> switches = new ArrayList<>(List.of(more));
        // A filter would spread the change to other epochs.
        switches.addAll(List.of("--low", "0", "--high", "0", "--seeds", "1", "--epochs", "2"));
        String[] options = switches.toArray(String[]::new);
        Path before = folder.resolve("before" + number);
        Cli first = Cli.run(args(data, before, options));
        assertEquals(0, first.code(), first.err());
        Path other = Files.createDirectory(folder.resolve("other" + number));
        Cli.writeRecordings(other, 3, 8);
        change(other.resolve("run3.csv"), factor);
        Path after = folder.resolve("after" + number);
        Cli second = Cli.run(args(other, after, options));
        assertEquals(0, second.code(), second.err());
        List<String[]> a = rows(before);
        List<String[]> b = rows(after);
        int relabelled = 0;
        for (int i = 17; i < 24; i++) {
            relabelled += a.get(i)[4].equals(b.get(i)[4]) ? 0 : 1;
            assertEquals(a.get(i)[6], b.get(i)[6], "epoch " + i);
        }
        assertTrue(relabelled > 2, relabelled + " epochs have another label");
        assertEquals(factor == 1, a.get(24)[6].equals(b.get(24)[6]), "the last epoch");
        assertNotEquals(a.get(1)[6], b.get(1)[6], "trained with the third run");
        assertNotEquals(run(before), run(after), "of other data");
    }

    /** Makes all markers 2, and the last epoch larger. */
    private static void change(Path file, double factor) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        for (int i = 1; i < lines.size(); i++) {
            String[] cells = lines.get(i).split(",");
            cells[4] = cells[4].replace('1', '2');
            if (factor != 1 && i > Cli.RATE * 15) {
                for (int c = 1; c < 4; c++) {
                    cells[c] = Double.toString(factor * Double.parseDouble(cells[c]));
                }
            }
            lines.set(i, String.join(",", cells));
        }
        Files.write(file, lines);
    }

    @Test
    void aKillAtAnyRenameLosesNothing() throws IOException {
        for (String file : List.of("checkpoint.zip", "predictions.csv", "report.html")) {
            Path out = folder.resolve(file);
            assertTrue(Kills.at(file, true, () -> Cli.run(args(data, out))));
            resume(out);
        }
        Path out = folder.resolve("before");
        assertTrue(Kills.at("predictions.csv", false, () -> Cli.run(args(data, out))));
        resume(out);
    }

    private static void resume(Path out) throws IOException {
        Cli resumed = Cli.run("crossval", "eegnet", "--resume", out.toString(), "--threads", "1");
        assertEquals(0, resumed.code(), resumed.err());
        assertEquals(RESULTS, files(out));
        assertEquals(
                -1,
                Files.mismatch(whole.resolve("predictions.csv"), out.resolve("predictions.csv")));
        assertEquals(run(whole), run(out), "it is the same run");
    }

    private static String run(Path out) throws IOException {
        return new ObjectMapper()
                .readTree(out.resolve("metrics.json").toFile())
                .get("run")
                .asText();
    }

    @Test
    void finishedFoldsAreNotComputedAgain() throws IOException {
        Path out = folder.resolve("finished");
        assertTrue(Kills.at("metrics.json", false, () -> Cli.run(args(data, out))));
        String[] resume = {"crossval", "eegnet", "--resume", out.toString(), "--threads", "1"};
        Path predictions = out.resolve("predictions.csv");
        String text = Files.readString(predictions);
        String[] train = {"train", "eegnet", "--resume", out.toString()};
        assertTrue(Cli.run(train).err().contains("begun by 'crossval'"));
        Files.writeString(predictions, text.replaceFirst("0\\.", "1."));
        Cli damaged = Cli.run(resume);
        assertEquals(ExitCode.DATA, damaged.code(), damaged.err());
        assertTrue(damaged.err().contains(predictions + ": damaged"), damaged.err());
        Files.writeString(predictions, text);
        Cli resumed = Cli.run(resume);
        assertEquals(0, resumed.code(), resumed.err());
        assertTrue(resumed.out().contains("6 of 6 trained"), resumed.out());
        assertTrue(!resumed.out().contains("Epoch"), resumed.out());
        assertTrue(Cli.run(resume).err().contains("the run is complete"));
    }

    /** Here the first fold, on two workers the others. */
    @Test
    void onSparkFoldsGiveTheSame() throws IOException {
        LocalSpark.context();
        Path out = folder.resolve("spark");
        assertTrue(Kills.at("predictions.csv", true, () -> Cli.run(args(data, out))));
        String[] resume = {
            "crossval", "eegnet", "--resume", out.toString(), "--master", "local[2]"
        };
        Cli resumed = Cli.run(resume);
        assertEquals(0, resumed.code(), resumed.err());
        assertTrue(resumed.out().contains("1 of 6 trained"), resumed.out());
        assertEquals(RESULTS, files(out));
        assertEquals(
                -1,
                Files.mismatch(whole.resolve("predictions.csv"), out.resolve("predictions.csv")));

        Path other = folder.resolve("diverged");
        Cli diverged = Cli.run(args(data, other, "--master", "local[2]", "--lr", "1e30"));
        assertEquals(ExitCode.FAILED, diverged.code());
        assertTrue(diverged.err().startsWith("Error: Training diverged"), diverged.err());
        Cli threads = Cli.run(args(data, other, "--master", "local[2]", "--threads", "2"));
        assertTrue(threads.err().contains("--threads: on Spark"), threads.err());
    }

    @Test
    void partsHaveEveryClass() throws IOException {
        Path out = folder.resolve("parts");
        Cli parts =
                Cli.run(
                        args(
                                data,
                                out,
                                "--folds",
                                "4",
                                "--seeds",
                                "1",
                                "--epochs",
                                "1",
                                "--runs",
                                "1,3"));
        assertEquals(0, parts.code(), parts.err());
        assertTrue(parts.out().contains("4 by class, 1 seed, 0 of 4 trained"), parts.out());
        List<String[]> rows = rows(out);
        assertEquals(1 + 16, rows.size());
        for (int fold = 0; fold < 4; fold++) {
            List<String[]> own = rows.subList(1 + 4 * fold, 5 + 4 * fold);
            assertEquals(2, own.stream().filter(row -> row[4].equals("1")).count());
            assertTrue(own.stream().noneMatch(row -> row[3].equals("2")), "run 2 is not used");
        }
    }

    @Test
    void wrongFoldsAreRefused() {
        String[][] wrong = {
            {"--folds 1: must be run, session, person or a number", "--folds", "1"},
            {"--folds runs: must be run, session, person or a number", "--folds", "runs"},
            {"--folds person: all epochs are of one person, data;", "--folds", "person"},
            {"--folds session: all epochs are of one session;", "--folds", "session"},
            {"--folds run: all epochs are of one run, 2;", "--runs", "2"},
            {"'1' has 12 epochs, too few for 13 folds", "--folds", "13"},
            {"--seeds 0: must be 1 or more", "--seeds", "0"},
            {"--augment Sleep", "--augment", "Sleep"},
            {"--train-runs", "--train-runs", "1"},
        };
        for (String[] line : wrong) {
            Path out = folder.resolve("wrong");
            Cli refused = Cli.run(args(data, out, Arrays.copyOfRange(line, 1, line.length)));
            assertTrue(refused.refused(), line[0] + ": " + refused.err());
            assertTrue(refused.err().contains(line[0]), refused.err());
            assertEquals(1, refused.err().lines().count(), refused.err());
            assertTrue(Files.notExists(out), line[0]);
        }
    }
}
