package org.lamina.zoo.data.gdf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.zoo.data.DataErrors.contains;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;

class GdfReaderTest {
    @TempDir Path folder;
    private final List<String> notes = new ArrayList<>();

    private List<Recording> read(GdfWriter writer, String... channels) throws Exception {
        return GdfReader.read(
                writer.write(folder.resolve("A01.gdf")), List.of(channels), false, notes::add);
    }

    private String failure(GdfWriter writer, String... channels) {
        String message =
                assertThrows(DataException.class, () -> read(writer, channels)).getMessage();
        assertFalse(message.contains("\n"), message);
        assertTrue(message.contains("A01.gdf"), message);
        return message;
    }

    private static List<String> labels(Recording recording) {
        return recording.events().stream().map(Event::label).toList();
    }

    private static GdfWriter withEvents(double version) {
        GdfWriter writer = new GdfWriter(version).plain("A", 100).plain("B", 100);
        for (int r = 0; r < 10; r++) {
            writer.record(new double[100], new double[100]);
        }
        return writer;
    }

    /** A signal between others of another rate and type, against a loop over what was written. */
    @ParameterizedTest
    @ValueSource(doubles = {1.25, 1.93, 1.99, 2.1, 2.2, 2.51})
    void everyType(double version) throws Exception {
        int[] types = {1, 2, 3, 4, 5, 6, 7, 8, 16, 17, 279, 535};
        double[] lowest = {-128, 0, -32768, 0, -0x1p31, 0, -0x1p62, 0, -9, -9, -0x1p23, 0};
        double[] highest = {
            127, 255, 32767, 65535, 0x1p31 - 1, 0x1p32 - 1, 0x1p62, 0x1p63, 9, 9, 0x1p23 - 1, 0x1p24
        };
        Random random = new Random(7);
        for (int t = 0; t < types.length; t++) {
            double[] physical = {-100, 80};
            double[] digital = {lowest[t], highest[t]};
            GdfWriter writer =
                    new GdfWriter(version)
                            .duration(1, 4)
                            .plain("slow", 3)
                            .signal("C3", "mV", 4274, physical, digital, 8, types[t])
                            .signal("byte", "uV", 4275, physical, new double[] {0, 255}, 5, 2)
                            .signal("C4", "uV", 4275, physical, digital, 8, types[t])
                            .events(3, 32);
            double[][] stored = new double[2][5 * 8];
            for (int r = 0; r < 5; r++) {
                double[][] values = new double[2][8];
                for (int i = 0; i < 16; i++) {
                    double value = lowest[t] + random.nextDouble() * (highest[t] - lowest[t]);
                    boolean integer = types[t] != 16 && types[t] != 17;
                    values[i / 8][i % 8] = integer ? Math.floor(value) : (float) value;
                    stored[i / 8][8 * r + i % 8] = values[i / 8][i % 8];
                }
                writer.record(new double[3], values[0], new double[5], values[1]);
            }
            Recording recording = read(writer, "c4", "C3").get(0);
            assertEquals(32, recording.samplingRate());
            assertEquals(List.of("C4", "C3"), recording.channels());
            assertEquals("uV", recording.unit());
            assertEquals(40, recording.length());
            for (int c = 0; c < 2; c++) {
                float[] samples = recording.samples(1 - c);
                double scale = c == 0 ? 1000 : 1;
                for (int i = 0; i < 40; i++) {
                    double part = (stored[c][i] - lowest[t]) / (highest[t] - lowest[t]);
                    double expected = (-100 + 180 * part) * scale;
                    assertEquals(expected, samples[i], 2e-5 * scale, "type " + types[t]);
                }
            }
        }
        assertEquals(List.of(), notes);
    }

    @Test
    void channelsOfDifferentRatesMustBeNamed() throws Exception {
        GdfWriter writer =
                new GdfWriter(2.1)
                        .plain("A", 4)
                        .plain("B", 2)
                        .record(new double[] {1, 2, 3, 4}, new double[] {5, 6})
                        .record(new double[] {7, 8, 9, 10}, new double[] {11, 12});
        contains(failure(writer), "different sampling rates", "2.0 Hz: B", "4.0 Hz: A");
        assertArrayEquals(new float[] {5, 6, 11, 12}, read(writer, "B").get(0).samples(0));
        contains(failure(writer, "X"), "no channel 'X'", "A, B");
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.25, 1.93, 2.1, 2.51})
    void eventsWithDurations(double version) throws Exception {
        GdfWriter writer = withEvents(version).events(3, 50);
        writer.event(101, 770, 0, 25).event(1, 769, 2, 0).event(201, 0x7FFF, 1, 5);
        Recording recording = read(writer).get(0);
        assertEquals(List.of(new Event(0, 0, "769"), new Event(2, 0.5, "770")), recording.events());
        contains(
                String.join("", notes),
                "in samples of 50.0 Hz, which is not the rate of any channel");
        assertEquals(100, recording.samplingRate());
    }

    @Test
    void eventsWithMarksOfTheirEnd() throws Exception {
        GdfWriter writer = withEvents(1.25).events(1, 100);
        writer.event(101, 769, 0, 0)
                .event(151, 770, 0, 0)
                .event(201, 769 | 0x8000, 0, 0)
                .event(301, 781, 0, 0);
        assertEquals(
                List.of(
                        new Event(1, 1, "769"),
                        new Event(1.5, Double.NaN, "770"),
                        new Event(3, Double.NaN, "781")),
                read(writer).get(0).events());
    }

    /** As in data set 2a of competition IV: trials, a rejected one, runs and labels elsewhere. */
    private GdfWriter competition(int cue) {
        GdfWriter writer = withEvents(1.25).events(3, 100);
        writer.event(1, 32766, 0, 0).event(1, 276, 0, 90);
        for (int trial = 0; trial < 4; trial++) {
            int at = 101 + 200 * trial;
            if (trial == 1) {
                writer.event(at, 1023, 0, 10);
            }
            writer.event(at, 768, 0, 150).event(at + 50, cue, 0, 20);
        }
        return writer.event(501, 32766, 0, 0);
    }

    @Test
    void cuesOfUnknownClassHaveLabelsElsewhere() throws Exception {
        assertEquals(
                List.of("32766", "276", "768", "783", "1023", "rejected/768", "rejected/783"),
                labels(read(competition(783)).get(0)));
        Files.write(folder.resolve("A01.mat"), MatWriter.matrix("classlabel", 3, 1, Double.NaN, 4));
        List<Recording> runs = read(competition(783));
        assertEquals(
                List.of("32766", "276", "768", "771", "1023", "rejected/768", "rejected/769"),
                labels(runs.get(0)));
        assertEquals(List.of("768", "32766", "783", "768", "772"), labels(runs.get(1)));
        contains(String.join("\n", notes), "1 trials are marked as rejected", "read from A01.mat");
    }

    @Test
    void labelsThatDoNotFitAreAnError() throws Exception {
        Path file = folder.resolve("A01.mat");
        Files.write(file, MatWriter.matrix("classlabel", 3, 1, 2));
        contains(failure(competition(783)), "A01.mat has 3 class labels for 4 cues");
        Files.write(file, MatWriter.matrix("classlabel", 3, 1, 2, 15));
        contains(
                assertThrows(DataException.class, () -> read(competition(783))).getMessage(),
                "A01.mat: classlabel 4 is 15.0; it must be a whole number from 1 to 14");
        Files.write(file, MatWriter.matrix("classlabel", 1, 1, 1, 2));
        contains(labels(read(competition(769)).get(0)).toString(), "769");
        contains(
                String.join("\n", notes), "differs from the recording in the class of 1 of 4 cues");
        notes.clear();
        Files.write(file, MatWriter.matrix("others", 1, 2));
        read(competition(783));
        assertEquals(2, notes.size(), notes.toString());
        Files.write(file, new byte[300]);
        read(competition(783));
        contains(String.join("\n", notes), "no class labels: A01.mat: not a MAT file", "ignoring");
        assertThrows(
                DataException.class,
                () -> GdfReader.read(folder.resolve("A01.gdf"), List.of(), true, notes::add));
    }

    @Test
    void newRunsAreGaps() throws Exception {
        List<Recording> runs = read(competition(769));
        assertEquals(List.of(500, 500), runs.stream().map(Recording::length).toList());
        assertEquals(5, runs.get(1).start());
        assertEquals(0, runs.get(1).events().get(0).onset());
        assertEquals("32766", runs.get(1).events().get(1).label());
        assertEquals(0, runs.get(1).events().get(1).onset());
        assertEquals(2.5, runs.get(1).events().get(4).onset());
        contains(String.join("", notes), "breaks (new runs or segments) in 1 places");
    }

    /** Overflow in all channels, not in one. */
    @Test
    void missingSamplesAreGaps() throws Exception {
        GdfWriter writer = new GdfWriter(1.25).plain("A", 10).plain("B", 10).plain("Status", 10);
        double[] a = {1, 2, -32768, -32768, 5, 6, 7, 32767, 9, 10};
        double[] b = {1, -32768, -32768, 32767, 5, 6, 7, 8, 9, 10};
        writer.record(a, b, new double[10]).record(a, a, new double[10]);
        List<Recording> pieces = read(writer);
        assertEquals(List.of(2, 8, 3, 2), pieces.stream().map(Recording::length).toList());
        assertArrayEquals(new float[] {1, -32768}, pieces.get(0).samples(1));
        assertArrayEquals(new float[] {5, 6, 7, 32767, 9, 10, 1, 2}, pieces.get(1).samples(0));
        assertArrayEquals(new float[] {9, 10}, pieces.get(3).samples(1));
        assertEquals(0.4, pieces.get(1).start(), 1e-12);
        contains(String.join("", notes), "5 samples are missing");
    }

    @Test
    void notANumberIsAGap() throws Exception {
        double[] limits = {-1, 1};
        GdfWriter writer =
                new GdfWriter(2.1)
                        .signal("A", "", 4275, limits, limits, 4, GdfWriter.FLOAT32)
                        .signal("B", "", 4256, limits, limits, 4, GdfWriter.FLOAT64)
                        .record(new double[] {0, 0.5, Double.NaN, 0}, new double[4])
                        .record(new double[4], new double[] {0, Double.POSITIVE_INFINITY, 0, 0});
        assertEquals(List.of(2, 2, 2), read(writer).stream().map(Recording::length).toList());
        GdfWriter none =
                new GdfWriter(2.1)
                        .signal("A", "", 4275, limits, limits, 1, GdfWriter.FLOAT32)
                        .record(new double[] {Double.NaN});
        contains(failure(none), "all samples are missing");
    }

    @Test
    void unitsByCodeOrText() throws Exception {
        double[] limits = {-32768, 32767};
        int[] codes = {4256, 4272, 4273, 4274, 4275, 4276, 4259, 512, 0, 0, 6048};
        String[] texts = {"", "", "", "", "", "", "", "uV", "mV", "", "uV"};
        double[] factors = {1e6, 1e5, 1e4, 1e3, 1, 1e-3, 1e9, 1, 1e3, 1, 1};
        for (int i = 0; i < codes.length; i++) {
            notes.clear();
            GdfWriter writer =
                    new GdfWriter(2.1)
                            .signal("A", texts[i], codes[i], limits, limits, 2, GdfWriter.INT16)
                            .record(new double[] {1, -2});
            boolean known = i != 7 && i < 9;
            float[] samples = read(writer).get(0).samples(0);
            assertEquals(factors[i], samples[0], 1e-6 * factors[i], "code " + codes[i]);
            assertEquals(known, notes.isEmpty(), notes.toString());
        }
        contains(String.join("", notes), "unit 'code 6048', not a voltage");
    }

    @Test
    void stimulusChannelsGiveEventsWhereThereIsNoTable() throws Exception {
        GdfWriter writer =
                new GdfWriter(2.1)
                        .plain("A", 4)
                        .signal("Status", "", 0, new double[] {0, 255}, new double[] {0, 255}, 8, 2)
                        .record(new double[4], new double[] {0, 0, 3, 3, 0, 0, 0, 5})
                        .record(new double[4], new double[] {5, 5, 0, 0, 0, 0, 0, 0})
                        .noTable();
        Recording recording = read(writer).get(0);
        assertEquals(List.of("A"), recording.channels());
        assertEquals(List.of("3", "5"), labels(recording));
        assertEquals(0.875, recording.events().get(1).onset());
        contains(String.join("", notes), "omitted: Status");
    }

    @Test
    void whatLeavesNoDoubtIsReadUnlessStrict() throws Exception {
        GdfWriter writer = withEvents(1.25).event(101, 769, 0, 0);
        byte[] whole = writer.bytes();
        int records = 4000;
        Path cut = folder.resolve("cut.gdf");
        for (int bytes : new int[] {whole.length - 1, whole.length - 20, whole.length - 1000}) {
            Files.write(cut, Arrays.copyOf(whole, bytes));
            notes.clear();
            Recording recording = GdfReader.read(cut, List.of(), false, notes::add).get(0);
            boolean samplesToo = bytes < 768 + records;
            assertEquals(samplesToo ? 700 : 1000, recording.length());
            assertEquals(List.of(), recording.events());
            if (bytes != 768 + records) {
                assertEquals(1, notes.size(), notes.toString());
                contains(notes.get(0), "truncated");
                String message =
                        assertThrows(
                                        DataException.class,
                                        () -> GdfReader.read(cut, List.of(), true, notes::add))
                                .getMessage();
                contains(message, "cut.gdf", "truncated", "--strict");
            }
        }
        notes.clear();
        assertEquals(1000, read(withEvents(2.1).declared(-1).noTable()).get(0).length());
        contains(notes.get(0), "number of data records left open, the file has 10");
        notes.clear();
        assertEquals(1000, read(withEvents(2.1).events(7, 0)).get(0).length());
        contains(notes.get(0), "the event table has mode 7; it must be 1 or 3");
        assertEquals(1000, read(withEvents(2.1).tags(512)).get(0).length());
    }

    @Test
    void wrongHeadersAreErrors() throws Exception {
        contains(failure(withEvents(3.1)), "not a GDF file of version 1 or 2", "GDF 3.10");
        contains(failure(withEvents(2.1).duration(0, 1)), "duration", "0/1");
        contains(failure(withEvents(2.1).duration(1, 0)), "duration", "1/0");
        contains(failure(withEvents(2.51).duration(0, 1)), "duration", "0.0");
        contains(failure(withEvents(2.1).declared(-2)), "number of data records", "-2");
        double[] limits = {-1, 1};
        double[] none = {0, 0};
        contains(
                failure(new GdfWriter(2.1).signal("A", "uV", 0, limits, limits, 1, 9)),
                "'type of signal 1 'A''",
                "is 9");
        contains(
                failure(new GdfWriter(2.1).signal("A", "uV", 0, limits, limits, -5, 3)),
                "samples per record",
                "-5");
        for (double[][] wrong : new double[][][] {{none, limits}, {limits, none}}) {
            GdfWriter writer =
                    new GdfWriter(2.1)
                            .plain("A", 1)
                            .signal("B", "uV", 0, wrong[0], wrong[1], 1, 3)
                            .record(new double[1], new double[1]);
            assertEquals(List.of("A"), read(writer).get(0).channels());
            contains(failure(writer, "B"), "not a valid scale", "signal 2 'B'");
        }
        byte[] good = withEvents(2.1).bytes();
        for (int size : new int[] {0, 7, 255, 256, 700}) {
            Path file = Files.write(folder.resolve("short.gdf"), Arrays.copyOf(good, size));
            contains(
                    assertThrows(
                                    DataException.class,
                                    () -> GdfReader.read(file, List.of(), false, notes::add))
                            .getMessage(),
                    "short.gdf",
                    "truncated");
        }
        Stream.of("Status", "TRIGGER")
                .forEach(
                        name ->
                                contains(
                                        failure(
                                                new GdfWriter(2.1)
                                                        .plain(name, 1)
                                                        .record(new double[1])),
                                        "only stimulus channels: " + name));
    }
}
