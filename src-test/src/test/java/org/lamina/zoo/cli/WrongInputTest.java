package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every wrong input gives one clear line and exit code 2. */
class WrongInputTest {
    @TempDir static Path folder;
    private static Path data;
    private static Path model;

    @BeforeAll
    static void prepare() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 2, 6);
        Path out = folder.resolve("out");
        Cli.train(data, out, "--epochs", "1");
        model = out.resolve("model.zip");
    }

    private static void assertRefused(String expected, String... args) {
        Cli result = Cli.run(args);
        assertTrue(result.refused(), result.code() + result.err() + result.out());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains(expected), result.err());
        assertFalse(result.err().contains("\tat "), result.err());
    }

    private static void assertTrainingRefused(String expected, String... more) {
        List<String> args = new ArrayList<>(List.of("train", "eegnet"));
        List<String> given = Arrays.asList(more);
        if (!given.contains("--data")) {
            args.addAll(List.of("--data", data.toString()));
        }
        if (!given.contains("--epochs")) {
            args.addAll(List.of("--epochs", "1"));
        }
        if (!given.contains("--out")) {
            args.addAll(List.of("--out", folder.resolve("refused").toString()));
        }
        args.addAll(given);
        assertRefused(expected, args.toArray(String[]::new));
        assertFalse(Files.exists(folder.resolve("refused")), "must not leave anything");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --channels C3,Oz           | no channel 'Oz'
                    --test-runs 7              | '7'
                    --train-runs 1,2           | none is left to test with
                    --train-runs 1 --test-runs 1 | Run 1 is both
                    --labels 1=left            | --labels maps all of them to 'left'
                    --labels 1=a,2=a           | --labels maps all of them to 'a'
                    --low -3                   | --low -3:
                    --high -1.5                | --high -1.5:
                    --reject -1                | --reject -1:
                    --tmin 6                   | --tmin 6 must be below --tmax 2
                    --depth 1000               | --f1 8 times --depth 1000:
                    --f1 2147483647            | --f1 2147483647: must be above 0 and at most 4096
                    --f2 5000                  | --f2 5000: must be above 0 and at most 4096
                    --labels 1=left,9=right    | '9'
                    --kernel-length 500        | kernel-length 500
                    --kernel-length 0          | --kernel-length
                    --tmin 2 --tmax 1          | --tmin 2 must be below --tmax 1
                    --tmax 0.1 --kernel-length 4 | --tmin 0 to --tmax 0.1: 6 samples
                    --low 30 --high 20         | --low 30 must be below --high 20
                    --high 50                  | --high 50 must be below half the sampling rate, 32 Hz
                    --batch 0                  | --batch
                    --epochs -3                | --epochs -3:
                    --epochs many              | 'many'
                    --lr -1                    | --lr
                    --dropout 1                | --dropout
                    --bn-momentum 0            | --bn-momentum
                    --f1 0                     | --f1
                    --validation 1.5           | --validation
                    --validation 0             | --no-early-stopping
                    --patience 0               | --patience
                    --patience 3 --no-early-stopping | --patience
                    --preset FANCY             | FANCY
                    --speed 3                  | --speed
                    --reject 0.001             | no epoch left
                    --resample -3              | --resample -3:
                    --class-weights left=2     | 'left=2' is not CLASS=W with one of the classes 1, 2
                    --class-weights 1=0        | weight 0.0 of a class; must be above 0
                    --class-weights 1=x        | --class-weights 1=x
                    --class-weights much       | 'much' is not CLASS=W
                    --choose-by kappa          | kappa
                    --choose-by auc --no-early-stopping | --choose-by makes no sense
                    --augment cutout           | --augment cutout: No augmentation 'cutout'; available
                    --augment smooth-time-mask:mask_len_samples=200 | 200 must be at most the 128 samples
                    --augment sign-flip:p=1    | no argument 'p'; available: probability
                    --align riemann            | --align
                    --factor-new 0.1           | --factor-new makes no sense without
                    --moving-standardize --factor-new 2 | --factor-new 2: must be above 0 and at most 1
                    --moving-standardize --reject 100 | --reject is in microvolt
                    --reference A1             | no channel 'A1'; available: C3, Cz, C4
                    --channels C3 --reference C3 | all channels are part of the reference
                    """)
    void wrongSwitches(String switches, String expected) {
        assertTrainingRefused(expected, switches.strip().split(" "));
    }

    @Test
    void unknownSimulatedRuns() {
        assertRefused("No run '77'", "train", "eegnet", "--train-runs", "77", "--test-runs", "78");
    }

    @Test
    void wrongFolders() throws IOException {
        assertTrainingRefused("No folder", "--data", folder.resolve("nowhere").toString());
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertTrainingRefused("No recording in", "--data", empty.toString());
        assertTrainingRefused("is a file", "--data", data.resolve("run1.csv").toString());
        assertTrainingRefused(
                "results cannot be written", "--out", model.resolve("sub").toString());
        assertTrainingRefused("results cannot be written", "--out", model.toString());
    }

    @Test
    void recordingsWithoutEvents() throws IOException {
        Path quiet = Files.createDirectory(folder.resolve("quiet"));
        String text = Files.readString(data.resolve("run1.csv")).replaceAll(",[12]\\R", ",0\n");
        Files.writeString(quiet.resolve("run1.csv"), text);
        assertTrainingRefused("no events", "--data", quiet.toString());
        Path broken = Files.createDirectory(folder.resolve("broken"));
        Files.writeString(broken.resolve("a.edf"), "this is no EDF file");
        assertTrainingRefused("a.edf", "--data", broken.toString());
    }

    @Test
    void wrongCommands() {
        assertRefused("No command");
        assertRefused("Which network", "train");
        assertRefused("'fly'", "fly");
        assertRefused("'resnet'", "train", "resnet");
        assertRefused("MODEL", "evaluate");
        assertRefused("RECORDING", "predict", model.toString());
    }

    @Test
    void wrongModels() throws IOException {
        Path missing = folder.resolve("missing.zip");
        assertRefused("there is no such file", "summary", missing.toString());
        Path corrupt = folder.resolve("corrupt.zip");
        byte[] bytes = Files.readAllBytes(model);
        Files.write(corrupt, Arrays.copyOf(bytes, bytes.length / 2));
        for (String command : List.of("summary", "evaluate")) {
            assertRefused("damaged", command, corrupt.toString());
        }
        String recording = data.resolve("run1.csv").toString();
        assertRefused("damaged", "predict", corrupt.toString(), recording);
        assertRefused("not a model", "evaluate", recording, "--data", data.toString());
        assertRefused("--data is missing", "evaluate", model.toString());
        assertRefused("No file", "predict", model.toString(), folder.resolve("x.edf").toString());
        assertRefused("not a recording", "predict", model.toString(), model.toString());
        assertRefused("--every", "predict", model.toString(), recording, "--every", "0");
        assertRefused(
                "'4'", "evaluate", model.toString(), "--data", data.toString(), "--runs", "4");
        String out = folder + "/nowhere/x.csv";
        String expected = "--out " + out + ": there is no folder " + folder + "/nowhere";
        assertRefused(expected, "predict", model.toString(), recording, "--out", out);
        assertRefused(expected, "evaluate", model.toString(), "--data", "unread", "--out", out);
        assertRefused(
                "is a folder",
                "evaluate",
                model.toString(),
                "--data",
                data.toString(),
                "--out",
                folder.toString());
    }

    @Test
    void recordingsThatDoNotFitTheModel() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        String text = Files.readString(data.resolve("run1.csv")).replaceFirst("Cz", "Pz");
        Files.writeString(other.resolve("run1.csv"), text);
        assertRefused("'Cz'", "evaluate", model.toString(), "--data", other.toString());
        assertRefused("'Cz'", "predict", model.toString(), other.resolve("run1.csv").toString());
    }

    @Test
    void textFilesThatAreNone() throws IOException {
        Path unnamed = folder.resolve("unnamed.csv");
        Files.writeString(unnamed, "time,,C4\n0,1,2\n");
        assertRefused("unnamed.csv: ", "predict", model.toString(), unnamed.toString());

        Path binary = folder.resolve("binary.csv");
        byte[] bytes = new byte[20_000];
        new Random(1).nextBytes(bytes);
        Files.write(binary, bytes);
        Path title = folder.resolve("title.csv");
        Files.writeString(title, "a\u001b]0;owned\u0007,b\u0085\n1,2\n");
        for (Path file : List.of(binary, title)) {
            Cli cli = Cli.run("predict", model.toString(), file.toString());
            assertEquals(3, cli.code(), cli.err());
            assertEquals(1, cli.err().lines().count(), cli.err());
            assertTrue(cli.err().startsWith("Error: " + file.getFileName()), cli.err());
            assertTrue(cli.err().strip().chars().noneMatch(Character::isISOControl), cli.err());
            assertTrue(cli.err().length() < 1100, cli.err());
        }
    }

    /** The rows of a run with other names, values and columns. */
    private static Path rewrite(String name, String header, UnaryOperator<String[]> change)
            throws IOException {
        List<String> lines = Files.readAllLines(data.resolve("run1.csv"));
        StringBuilder text = new StringBuilder(header).append('\n');
        for (String line : lines.subList(1, lines.size())) {
            text.append(String.join(",", change.apply(line.split(",")))).append('\n');
        }
        return Files.writeString(folder.resolve(name), text);
    }

    private static String[] inVolts(String[] row) {
        for (int c = 1; c < 4; c++) {
            row[c] += "e-6";
        }
        return row;
    }

    @Test
    void columnsAndRateOfTextFilesCanBeGiven() throws IOException {
        Path file =
                rewrite("code.csv", "C3,Cz,C4,code", row -> Arrays.copyOfRange(row, 1, row.length));
        assertRefused("--rate", "predict", model.toString(), file.toString());
        String expected =
                Cli.run("predict", model.toString(), data.resolve("run1.csv").toString()).out();
        Cli given =
                Cli.run(
                        "predict",
                        model.toString(),
                        file.toString(),
                        "--rate",
                        "64",
                        "--marker-column",
                        "code");
        assertEquals(expected, given.out(), given.err());
        String named = data.resolve("run1.csv").toString();
        assertRefused("'when'", "predict", model.toString(), named, "--time-column", "when");
        assertRefused("--rate 0", "predict", model.toString(), named, "--rate", "0");
        assertRefused("--strict: simulated", "train", "eegnet", "--strict");
    }

    @Test
    void samplesInAnotherUnitAreConvertedOrWarnedOf() throws IOException {
        String original =
                Cli.run("predict", model.toString(), data.resolve("run1.csv").toString()).out();
        Path volts = rewrite("volts.csv", "time,C3,Cz,C4,marker", WrongInputTest::inVolts);
        Cli wrong = Cli.run("predict", model.toString(), volts.toString());
        assertEquals(0, wrong.code());
        assertTrue(wrong.err().contains("times as much"), wrong.err());
        Path named =
                rewrite("named.csv", "time,C3 (V),Cz [V],C4(v),marker", WrongInputTest::inVolts);
        Cli right = Cli.run("predict", model.toString(), named.toString());
        assertEquals("", right.err());
        assertEquals(original, right.out());
    }

    @Test
    void pipesAreRefused() throws Exception {
        Path pipe = folder.resolve("pipe.edf");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
        assertRefused("not a regular file", "predict", model.toString(), pipe.toString());
    }

    @Test
    void nothingToResume() throws IOException {
        Path fresh = Files.createDirectory(folder.resolve("fresh"));
        assertRefused("no checkpoint.zip", "train", "eegnet", "--resume", fresh.toString());
        assertRefused(
                "the run is complete", "train", "eegnet", "--resume", model.getParent().toString());
        assertRefused(
                "leave out --epochs",
                "train",
                "eegnet",
                "--resume",
                fresh.toString(),
                "--epochs",
                "3");
        Files.writeString(fresh.resolve("checkpoint.zip"), "garbage");
        assertRefused("not a model", "train", "eegnet", "--resume", fresh.toString());
    }

    @Test
    void debugShowsWhere() {
        Cli result = Cli.run("summary", "nothing.zip", "--debug");
        assertEquals(3, result.code());
        assertTrue(result.err().contains("\tat org.lamina"), result.err());
    }
}
