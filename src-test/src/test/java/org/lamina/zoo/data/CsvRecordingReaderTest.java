package org.lamina.zoo.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvRecordingReaderTest {
    @TempDir Path folder;

    private List<Recording> read(CsvRecordingReader reader, String name, String text)
            throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file);
                OutputStream target = name.endsWith(".gz") ? new GZIPOutputStream(out) : out) {
            target.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return reader.segments(file, List.of());
    }

    private void fails(CsvRecordingReader reader, String text, String... parts) {
        String message =
                assertThrows(DataException.class, () -> read(reader, "bad.csv", text)).getMessage();
        assertTrue(message.startsWith("bad.csv"), message);
        for (String part : parts) {
            assertTrue(message.contains(part), "'" + part + "' is missing in: " + message);
        }
    }

    @Test
    void readsChannelsAndMarkers() throws IOException {
        String text =
                "\ufefftimestamps,TP9,Right AUX,Marker0\r\n"
                        + "10.00,1.5,-2,0\r\n10.01,2,3,1\r\n\r\n10.02,3,4,1.0\r\n10.03,4,5,\r\n"
                        + "10.04,4,5,2\r\n10.05,4,5,go\r\n";
        for (String name : new String[] {"a.csv", "a.csv.gz"}) {
            Recording recording = read(new CsvRecordingReader(), name, text).get(0);
            assertEquals(List.of("TP9", "Right AUX"), recording.channels());
            assertEquals(100, recording.samplingRate());
            assertEquals("uV", recording.unit());
            assertEquals("a", recording.run());
            assertArrayEquals(new float[] {1.5f, 2, 3, 4, 4, 4}, recording.samples(0));
            assertEquals(
                    List.of(
                            new Event(0.01, Double.NaN, "1"),
                            new Event(0.04, Double.NaN, "2"),
                            new Event(0.05, Double.NaN, "go")),
                    recording.events());
        }
    }

    @Test
    void namedColumnsAndGivenRateNeedNoTimes() throws IOException {
        CsvRecordingReader reader = new CsvRecordingReader(null, "code", 250);
        Recording recording = read(reader, "a.csv", "A,code\n1,0\n2,7\n").get(0);
        assertEquals(250, recording.samplingRate());
        assertEquals(List.of(new Event(1 / 250.0, Double.NaN, "7")), recording.events());
    }

    @Test
    void estimatesTheRateDespiteJitter() throws IOException {
        for (double rate : new double[] {128, 256, 1000, 12.5}) {
            Random random = new Random(3);
            StringBuilder text = new StringBuilder("time,A\n");
            for (int i = 0; i < 5000; i++) {
                // Rounded to a millisecond and late by up to 20: as headbands send it
                double late = 0.02 * random.nextDouble();
                text.append(Math.round((213_542 + i / rate + late) * 1000) / 1000.0).append(",1\n");
            }
            double estimate =
                    read(new CsvRecordingReader(), "a.csv", text.toString()).get(0).samplingRate();
            assertEquals(rate, estimate, rate < 100 ? 1e-3 * rate : 0);
        }
    }

    @Test
    void gapsBeginANewRecording() throws IOException {
        StringBuilder text = new StringBuilder("time,A,marker\n");
        for (int i = 0; i < 300; i++) {
            double time = i / 100.0 + (i < 200 ? 0 : 5);
            text.append(time).append(',').append(i).append(i == 250 ? ",1\n" : ",0\n");
        }
        List<Recording> pieces = read(new CsvRecordingReader(), "a.csv", text.toString());
        assertEquals(2, pieces.size());
        assertEquals(200, pieces.get(0).length());
        assertEquals(200, pieces.get(1).samples(0)[0]);
        assertEquals(100, pieces.get(1).samplingRate());
        assertEquals(0.5, pieces.get(1).events().get(0).onset(), 1e-12);
        assertEquals(0, pieces.get(0).start());
        assertEquals(7, pieces.get(1).start(), 1e-12);
    }

    @Test
    void errorsNameLineAndColumn() {
        CsvRecordingReader reader = new CsvRecordingReader();
        fails(reader, "time,A\n0,1\n1,x\n", "line 3", "column 'A'", "'x'");
        fails(reader, "time,A\n0,1\n\n1,NaN\n", "line 4", "'NaN'");
        fails(reader, "time,A\n0,1\n,1\n", "line 3", "column 'time'", "''");
        fails(reader, "time,A\n0,1\n1\n", "line 3", "1 values", "2 columns");
        fails(reader, "A,B\n1,2\n", "no time column", "columns: A, B");
        fails(reader, "time,t,A\n0,1,2\n", "two time columns", "'time' and 't'");
        fails(reader, "time,marker\n0,1\n", "no channel columns");
        fails(reader, "time,A\n0,1\n", "1 lines");
        fails(reader, "time,A\n0,1\n0,1\n", "does not increase");
        fails(reader, "", "bad.csv");
        fails(reader, "time,A,A\n0,1,2\n", "bad.csv", "A");
        fails(reader, "time,A\n0,\"1\n", "bad.csv");
        fails(
                new CsvRecordingReader(null, "event", 0),
                "time,A\n0,1\n",
                "no marker column 'event'");
        assertThrows(DataException.class, () -> new CsvRecordingReader(null, null, -1));
    }
}
