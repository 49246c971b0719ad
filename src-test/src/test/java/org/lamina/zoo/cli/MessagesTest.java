package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line says, and with which exit code it ends. */
class MessagesTest {
    @TempDir static Path folder;
    private static Path data;
    private static Path out;
    private static String model;

    @BeforeAll
    static void train() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 2, 6);
        out = folder.resolve("out");
        Cli.train(data, out, "--epochs", "1", "--threads", "1");
        model = out.resolve("model.zip").toString();
    }

    @Test
    void usageDataAndTheRestHaveCodesOfTheirOwn() {
        assertEquals(2, Cli.run("predict").code());
        assertEquals(2, Cli.run("predict", model, "x.csv", "--every", "-1").code());
        assertEquals(2, Cli.run("evaluate", model, "--data", data.toString(), "--no").code());
        assertEquals(3, Cli.run("predict", model, "missing.csv").code());
        assertEquals(3, Cli.run("summary", "missing.zip").code());
        assertEquals(3, Cli.run("summary", data.resolve("run1.csv").toString()).code());
        assertEquals(0, Cli.run("--help").code());
    }

    /** As {@code /dev/full} is: a pipe or disk that takes nothing any more. */
    @Test
    void aFullDiskIsNoSuccess() {
        OutputStream full =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("No space left on device");
                    }
                };
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] args = {"predict", model, data.resolve("run1.csv").toString()};
        assertEquals(1, Main.run(args, new PrintStream(full), new PrintStream(err)));
        assertEquals(
                "Error: standard output cannot be written to; is a disk full?",
                err.toString(StandardCharsets.UTF_8).strip());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void noControlCharacterReachesTheTerminal() throws IOException {
        String name = "a\u001b]0;owned\u0007\u009b31m\u202e.zip";
        for (String[] args :
                new String[][] {
                    {"summary", name},
                    {"summary", name, "--debug"},
                    {"train", "eegnet", "--data", name},
                    {"train", "eegnet", "--" + name},
                    {name}
                }) {
            assertPrintable(Cli.run(args));
        }
        Path named = Files.createDirectory(folder.resolve("b\u001b[31m"));
        Files.copy(Path.of(model), named.resolve("m.zip"));
        Files.copy(data.resolve("run1.csv"), named.resolve("r\u001b[2J.csv"));
        assertPrintable(Cli.run("summary", named.resolve("m.zip").toString()));
        assertPrintable(Cli.run("evaluate", model, "--data", named.toString()));
        assertPrintable(Cli.run("predict", model, named.resolve("r\u001b[2J.csv").toString()));
    }

    private static void assertPrintable(Cli cli) {
        String all = (cli.out() + cli.err()).replaceAll("[\\n\\t]", "");
        assertTrue(all.chars().noneMatch(Character::isISOControl), all);
        assertEquals(-1, all.indexOf('\u202e'), all);
    }

    @Test
    void aFileNameMayBeginWithAt() throws IOException {
        Files.writeString(folder.resolve("args"), "--help");
        Cli cli = Cli.run("summary", "@" + folder.resolve("args"));
        assertTrue(cli.err().contains("@" + folder.resolve("args") + ": there is no such file"));
    }

    @Test
    void suggestedCommandsCanBeCopied() {
        assertEquals(
                "java -jar '/my programs/lamina.jar'",
                Console.program("/my programs/lamina.jar train eegnet"));
        assertEquals("java -jar zoo/lamina.jar", Console.program("zoo/lamina.jar"));
        assertEquals("lamina", Console.program("org.lamina.zoo.cli.Main train"));
    }

    @Test
    void threadsAreSetAndWrittenDown() throws IOException {
        assertEquals(1, threads(out));
        int before = Threads.count();
        Path two = folder.resolve("two");
        Cli.train(data, two, "--epochs", "1", "--threads", "2");
        assertEquals(2, threads(two));
        assertEquals(before, Threads.count());
        Cli none = Cli.run("predict", model, data.resolve("run1.csv").toString(), "--threads", "0");
        assertEquals(2, none.code());
        assertTrue(none.err().contains("--threads 0: must be 1 or more and at most "), none.err());
    }

    private static int threads(Path run) throws IOException {
        return new ObjectMapper()
                .readTree(run.resolve("metrics.json").toFile())
                .get("threads")
                .asInt();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "abc", "", "-2", "1.5", "4,2", "99999999999"})
    void theEnvironmentIsChecked(String value) {
        String message =
                assertThrows(UsageException.class, () -> Threads.checkEnvironment(value))
                        .getMessage();
        assertTrue(message.startsWith("OMP_NUM_THREADS=" + value + " in the"), message);
        assertDoesNotThrow(() -> Threads.checkEnvironment("16"));
        assertDoesNotThrow(() -> Threads.checkEnvironment(null));
    }
}
