package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.edf.EdfWriter;

class RunsCommandTest {
    @TempDir Path folder;

    private void edf(String name, String... annotations) throws Exception {
        EdfWriter writer = new EdfWriter(false, "EDF+C", "1").plain("C3", 100).plain("Cz", 100);
        writer.annotations(30);
        for (int i = 0; i < annotations.length; i++) {
            writer.record(new int[100], new int[100], "+" + i + "\24\24\0" + annotations[i]);
        }
        writer.write(folder.resolve(name));
    }

    private static List<String> columns(String line) {
        return List.of(line.strip().split(" {2,}"));
    }

    @Test
    void listsWhatTrainRunsKnows() throws Exception {
        edf("S002R10.edf", "+0\24T1\24\0", "+1\24T2\24\0", "+2\24T2\24\0");
        edf("S002R9.edf", "");
        Cli cli = Cli.run("runs", folder.toString());
        assertEquals(0, cli.code(), cli.err());
        List<String> lines = cli.out().lines().toList();
        assertEquals(
                List.of("9", "S002", "-", "S002R9.edf", "EDF", "100 Hz", "2", "1.0 s", "none"),
                columns(lines.get(1)));
        assertEquals(
                List.of(
                        "10",
                        "S002",
                        "-",
                        "S002R10.edf",
                        "EDF",
                        "100 Hz",
                        "2",
                        "3.0 s",
                        "1 x T1, 2 x T2"),
                columns(lines.get(2)));
        assertEquals("channels: C3, Cz", lines.get(4));
    }

    @Test
    void saysWhichFilesCannotBeReadAndListsTheOthers() throws Exception {
        edf("anna.edf", "");
        Files.writeString(
                folder.resolve("sess-2.csv"), "t,C3,trigger\n0,1,0\n0.1,2,1\n0.2,1,0\n0.9,1,0\n");
        Files.writeString(folder.resolve("zoe.bdf"), "nothing");
        Cli cli = Cli.run("runs", folder.toString());
        assertEquals(3, cli.code());
        List<String> lines = cli.out().lines().toList();
        String person = folder.getFileName().toString();
        assertEquals(
                List.of(
                        "2",
                        person,
                        "sess-2",
                        "sess-2.csv",
                        "CSV",
                        "10 Hz",
                        "1",
                        "0.4 s in 2 pieces",
                        "1 x 1"),
                columns(lines.get(2)));
        assertEquals(
                List.of("3", person, "-", "zoe.bdf", "BDF", "-", "-", "-", "cannot be read"),
                columns(lines.get(3)));
        assertEquals("channels of anna.edf: C3, Cz", lines.get(5));
        assertTrue(cli.err().contains("Warning: sess-2.csv: column 't' has a gap"), cli.err());
        assertTrue(cli.err().contains("Error: zoe.bdf: truncated"), cli.err());
    }
}
