package org.lamina.zoo.data.csv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;

class CsvRecordingReaderTest {
    @TempDir Path folder;

    private final List<String> notes = new ArrayList<>();

    private List<Recording> read(CsvRecordingReader reader, String name, String text)
            throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file);
                OutputStream target = name.endsWith(".gz") ? new GZIPOutputStream(out) : out) {
            target.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return reader.segments(file, List.of(), notes::add);
    }

    private Recording read(String text, String... channels) throws IOException {
        Path file = Files.writeString(folder.resolve("a.csv"), text);
        return new CsvRecordingReader().segments(file, List.of(channels), notes::add).get(0);
    }

    /** Rows of a channel and, every second, a marker; without those that are lost. */
    private static String rows(double[] times, Predicate<Integer> lost) {
        StringBuilder text = new StringBuilder("time,A,marker\n");
        for (int i = 0; i < times.length; i++) {
            if (!lost.test(i)) {
                text.append(times[i]).append(',').append(i).append(i % 64 == 0 ? ",1\n" : ",0\n");
            }
        }
        return text.toString();
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

    static Stream<Arguments> clocks() {
        Random random = new Random(4);
        int n = 4000;
        double[] exact = new double[n];
        double[] milliseconds = new double[n];
        double[] late = new double[n];
        double[] packets = new double[n];
        double delay = 0;
        for (int i = 0; i < n; i++) {
            exact[i] = i / 64.0;
            milliseconds[i] = Math.rint(1000 * i / 64.0) / 1000;
            late[i] = i / 64.0 + 0.03 * random.nextDouble();
            // Packets of 12 that arrive up to four samples late; a headband counts on from there
            delay = i % 12 == 0 ? random.nextDouble() * random.nextDouble() / 16 : delay;
            packets[i] = Math.rint(1000 * (i / 12 * 12 / 64.0 + delay + i % 12 / 62.5)) / 1000;
        }
        return Stream.of(
                Arguments.of("exact", exact, 1),
                Arguments.of("rounded to milliseconds", milliseconds, 1),
                Arguments.of("late", late, 4),
                Arguments.of("packets", packets, 12));
    }

    /**
     * Rows that are lost shift nothing: each piece has its rows at the rate, and starts in time.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("clocks")
    void lostRowsAreGaps(String name, double[] times, int fewest) throws IOException {
        CsvRecordingReader reader = new CsvRecordingReader();
        assertEquals(1, read(reader, "a.csv", rows(times, i -> false)).size());
        assertEquals(List.of(), notes);
        for (int lost : new int[] {fewest, 30, 128, 640}) {
            notes.clear();
            List<Recording> pieces =
                    read(
                            reader,
                            "a.csv",
                            rows(
                                    times,
                                    i ->
                                            (i >= 1200 && i < 1200 + lost)
                                                    || (i >= 2400 && i < 2400 + lost)));
            assertEquals(3, pieces.size(), lost + " lost");
            assertEquals(64, pieces.get(0).samplingRate(), 1e-9);
            assertEquals(1200, pieces.get(0).length());
            assertEquals(1200 + lost, pieces.get(1).samples(0)[0]);
            assertEquals((2400 + lost) / 64.0, pieces.get(2).start(), 0.1);
            assertEquals(1, notes.size());
            assertTrue(notes.get(0).contains("2 gaps"), notes.get(0));
            assertTrue(notes.get(0).contains("before line 1202"), notes.get(0));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clocks")
    void timeThatGoesBackwardsIsAnError(String name, double[] times, int fewest) {
        for (double by : new double[] {1.4, 100}) {
            double[] back = times.clone();
            for (int i = 1300; i < back.length; i++) {
                back[i] -= by;
            }
            fails(
                    new CsvRecordingReader(),
                    rows(back, i -> false),
                    "line 1302",
                    "'time'",
                    "backwards");
        }
    }

    @Test
    void missingMarkersAreNone() throws IOException {
        Recording recording =
                read("time,A,marker\n0,1,NA\n1,1,1\n2,1,NaN\n3,1,null\n4,1,1\n5,1,None\n6,1,n/a\n");
        assertEquals(
                List.of(new Event(1, Double.NaN, "1"), new Event(4, Double.NaN, "1")),
                recording.events());
    }

    @Test
    void markersMayRestAtAnotherValue() throws IOException {
        Recording recording =
                read(
                        "time,A,Status\n0,1,65280\n1,1,65481\n2,1,65481\n3,1,65280\n4,1,65280\n"
                                + "5,1,65482\n6,1,65280\n7,1,65280\n");
        assertEquals(
                List.of(new Event(1, Double.NaN, "201"), new Event(5, Double.NaN, "202")),
                recording.events());
    }

    @Test
    void otherStimulusColumnsAreNoInputUnlessNamed() throws IOException {
        String text = "time,C3,TRIG,STATUS,marker\n0,1,2,3,0\n1,1,2,3,4\n";
        assertEquals(List.of("C3"), read(text).channels());
        assertEquals(1, notes.size());
        assertTrue(notes.get(0).contains("omitted: TRIG, STATUS"), notes.get(0));
        assertEquals(List.of("marker", "TRIG"), read(text, "marker", "trig").channels());
        assertEquals("4", read(text, "marker").events().get(0).label());
    }

    @Test
    void unitsInTheHeaderAreConverted() throws IOException {
        String text = "time,C3 (mV),C4 [V],Pz(uV),x (cm)\n0,1,1e-6,1,1\n1,1,1,1,1\n";
        Recording recording = read(text);
        assertEquals(List.of("C3", "C4", "Pz", "x (cm)"), recording.channels());
        float[] first = {1000, 1, 1, 1};
        for (int c = 0; c < 4; c++) {
            assertEquals(first[c], recording.samples(c)[0], 1e-6f);
        }
        assertEquals(List.of("C3", "Pz(uV)"), read(text, "C3", "pz(uv)").channels());
    }

    @Test
    void whatUnpacksToAHundredTimesItsSizeIsNoRecording() throws IOException {
        Path bomb = folder.resolve("bomb.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(bomb))) {
            out.write("time,C3\n".getBytes(StandardCharsets.UTF_8));
            String row = "0".repeat(253) + ",1\n"; // few rows, which are parsed before
            byte[] rows = row.repeat(1 << 12).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 40; i++) {
                out.write(rows);
            }
        }
        byte[] bytes = Files.readAllBytes(bomb);
        for (byte[] lastBytes : new byte[][] {{}, {0, 0, 0, 0}}) {
            System.arraycopy(
                    lastBytes, 0, bytes, bytes.length - lastBytes.length, lastBytes.length);
            Files.write(bomb, bytes);
            String message =
                    assertThrows(
                                    DataException.class,
                                    () -> new CsvRecordingReader().segments(bomb, List.of()))
                            .getMessage();
            assertTrue(message.startsWith("bomb.csv.gz: unpacks to more than 100"), message);
        }
    }

    /** The last bytes of a whole file say how large it unpacks, those of a part say anything. */
    @Test
    void aCutGzipFileIsNotTakenForABomb() throws IOException {
        Path cut = folder.resolve("cut.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(cut))) {
            out.write("time,C3\n0,1\n1,2\n".getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = Arrays.copyOf(Files.readAllBytes(cut), 26);
        Arrays.fill(bytes, 22, 26, (byte) 0x7f);
        Files.write(cut, bytes);
        String message =
                assertThrows(
                                Exception.class,
                                () -> new CsvRecordingReader().segments(cut, List.of()))
                        .getMessage();
        assertFalse(message.contains("unpacks"), message);
    }

    @Test
    void byteOrderMarkBeforeAQuote() throws IOException {
        assertEquals(List.of("C3"), read("\ufeff\"time\",\"C3\"\n0,1\n1,2\n").channels());
    }

    @Test
    void errorsNameLineAndColumn() {
        CsvRecordingReader reader = new CsvRecordingReader();
        fails(reader, "time,A\n0,1\n1,x\n", "line 3", "column 'A'", "'x'");
        fails(reader, "time,A\n0,1\n\n1,NaN\n", "line 4", "'NaN'");
        fails(reader, "time,A\n0,1\n1,1e39\n", "line 3", "column 'A'", "'1e39'", "too large");
        fails(reader, "time,A (V)\n0,1\n1,-1e33\n", "line 3", "'-1e33'", "too large");
        fails(reader, "time,A\n0,1\n1,1d\n", "'1d' is not a number");
        fails(reader, "t,A\n0,1\n1,1\n2,1\n3,1\n4,1\n3,1\n4,1\n5,1\n", "line 7", "backwards");
        fails(reader, "time,A\n0,1\n,1\n", "line 3", "column 'time'", "''");
        fails(reader, "time,A\n0,1\n1\n", "line 3", "1 values", "2 columns");
        fails(reader, "A,B\n1,2\n", "no time column", "columns: A, B");
        fails(reader, "time,t,A\n0,1,2\n", "two time columns", "'time' and 't'");
        fails(reader, "time,marker\n0,1\n", "no signals, only times or annotations");
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
