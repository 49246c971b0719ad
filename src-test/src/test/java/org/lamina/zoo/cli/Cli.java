package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.lamina.harness.Jvm;

/**
 * A run of the command line within the test.
 *
 * @param code exit code
 * @param out what was printed
 * @param err what was printed on standard error
 */
public record Cli(int code, String out, String err) {
    public static final int RATE = 64;

    /** Switches for a network that trains in a moment. */
    public static final List<String> TINY =
            List.of(
                    "--f1",
                    "2",
                    "--depth",
                    "1",
                    "--kernel-length",
                    "8",
                    "--batch",
                    "4",
                    "--low",
                    "2",
                    "--tmin",
                    "0",
                    "--tmax",
                    "1",
                    "--lr",
                    "0.01");

    /** Whether the command or the data cannot be used, which is not the program's fault. */
    boolean refused() {
        return code == ExitCode.USAGE || code == ExitCode.DATA;
    }

    public static Cli run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code =
                Main.run(
                        args,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Cli(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Trains the tiny network; must succeed. */
    static Cli train(Path data, Path out, String... more) {
        List<String> args = new ArrayList<>(List.of("train", "eegnet", "--data", data.toString()));
        args.addAll(List.of("--out", out.toString()));
        args.addAll(TINY);
        args.addAll(Arrays.asList(more));
        Cli result = run(args.toArray(String[]::new));
        assertEquals(0, result.code(), result.err());
        return result;
    }

    /**
     * Runs the command line in a process of its own, which a signal ends when it has printed so
     * many lines about epochs.
     *
     * @return what was printed
     */
    static String interrupt(int lines, List<String> jvm, List<String> args) throws Exception {
        List<String> command = Jvm.command(Jvm.CLASS_PATH, jvm);
        command.add(Main.class.getName());
        command.addAll(args);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        StringBuilder printed = new StringBuilder();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            int seen = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                printed.append(line).append('\n');
                if (line.startsWith("Epoch") && ++seen == lines) {
                    // SIGTERM; the virtual machine treats SIGINT, Ctrl-C, the same way.
                    process.toHandle().destroy();
                }
            }
        } finally {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        assertTrue(process.exitValue() > 128, "exit code " + process.exitValue() + ": " + printed);
        return printed.toString();
    }

    /** Writes runs of a recording of three channels in which two markers go with two rhythms. */
    public static void writeRecordings(Path folder, int runs, int events) throws IOException {
        Random random = new Random(11);
        for (int run = 1; run <= runs; run++) {
            StringBuilder text = new StringBuilder("time,C3,Cz,C4,marker\n");
            int marker = 0;
            for (int i = 0; i < RATE * (2 * events + 2); i++) {
                boolean onset = i % (2 * RATE) == RATE && i / (2 * RATE) < events;
                if (onset) {
                    marker = 1 + i / (2 * RATE) % 2;
                }
                double wave = 20 * Math.sin(2 * Math.PI * 10 * i / RATE);
                text.append(
                        String.format(
                                Locale.ROOT,
                                "%.6f,%.3f,%.3f,%.3f,%d%n",
                                i / (double) RATE,
                                random.nextGaussian() * 5 + (marker == 1 ? wave : 0),
                                random.nextGaussian() * 5,
                                random.nextGaussian() * 5 + (marker == 2 ? wave : 0),
                                onset ? marker : 0));
            }
            Files.writeString(folder.resolve("run" + run + ".csv"), text);
        }
    }
}
