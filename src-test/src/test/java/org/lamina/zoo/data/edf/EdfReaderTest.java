package org.lamina.zoo.data.edf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.reader.FileSamples;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;

/** Cases of the format in small files that {@link EdfWriter} makes. */
class EdfReaderTest {
    @TempDir Path folder;

    private Path write(EdfWriter writer) throws Exception {
        return writer.write(folder.resolve("test.edf"));
    }

    private static String failure(Path file) {
        return assertThrows(
                        DataException.class,
                        () -> {
                            try (EdfReader reader = EdfReader.openStrict(file)) {
                                reader.segments(List.of());
                            }
                        })
                .getMessage();
    }

    private static void contains(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), "'" + part + "' is missing in: " + message);
        }
        assertFalse(message.contains("\n"), "one line: " + message);
    }

    @Test
    void countsRecordsOfUnknownNumber() throws Exception {
        Path file =
                write(
                        new EdfWriter(false, "", "1")
                                .with("records", "-1")
                                .plain("A", 3)
                                .record(new int[] {1, 2, 3})
                                .record(new int[] {4, 5, -6}));
        contains(failure(file), "test.edf", "number of data records left open");
        try (EdfReader reader = EdfReader.open(file)) {
            assertEquals(-1, reader.header().layout().declared());
            assertEquals(2, reader.records());
            assertArrayEquals(
                    new float[] {1, 2, 3, 4, 5, -6}, reader.recording(List.of()).samples(0));
        }
    }

    @Test
    void readsTheWholeRecordsOfATruncatedFileUnlessStrict() throws Exception {
        for (String declared : new String[] {"2", "-1"}) {
            byte[] bytes =
                    new EdfWriter(false, "", "1")
                            .with("records", declared)
                            .plain("A", 3)
                            .record(new int[] {1, 2, 3})
                            .record(new int[] {4, 5, 6})
                            .bytes();
            Path file = folder.resolve("cut.edf");
            Files.write(file, Arrays.copyOf(bytes, bytes.length - 2));
            contains(failure(file), "cut.edf", "4 more bytes (a record has 6)");
            List<String> notes = new ArrayList<>();
            try (EdfReader reader = EdfReader.open(file, false, notes::add)) {
                assertEquals(1, reader.records());
                assertArrayEquals(new float[] {1, 2, 3}, reader.recording(List.of()).samples(0));
            }
            assertEquals(1, notes.size());
            contains(notes.get(0), "the file has 1 and 4 more bytes (a record has 6)");
        }
    }

    @Test
    void truncatedHeaderIsAnErrorInBothModes() throws Exception {
        byte[] bytes = new EdfWriter(false, "", "1").plain("A", 1).record(new int[1]).bytes();
        for (int size : new int[] {0, 8, 255, 256, 511}) {
            Path file = Files.write(folder.resolve("short.edf"), Arrays.copyOf(bytes, size));
            contains(failure(file), "short.edf", "" + size);
            assertThrows(DataException.class, () -> EdfReader.openLenient(file));
        }
    }

    @Test
    void signOf24Bits() throws Exception {
        int[] values = {0, 1, -1, 127, 128, -128, 32768, -32769, 8388607, -8388608};
        Path file = write(new EdfWriter(true, "24BIT", "1").plain("A", 10).record(values));
        try (EdfReader reader = EdfReader.open(file)) {
            assertTrue(reader.header().bdf());
            float[] samples = reader.recording(List.of()).samples(0);
            for (int i = 0; i < values.length; i++) {
                assertEquals(values[i], samples[i]);
            }
        }
    }

    @Test
    void scalesAndConvertsVoltages() throws Exception {
        Path file =
                write(
                        new EdfWriter(false, "", "2")
                                .signal("milli", "mV", "-1", "3", "0", "1000", "2")
                                .signal("turned", "uV", "100", "-100", "-100", "100", "2")
                                .record(new int[] {0, 500}, new int[] {-100, 50}));
        try (EdfReader reader = EdfReader.open(file)) {
            Recording recording = reader.recording(List.of());
            assertEquals("uV", recording.unit());
            assertEquals(1, recording.samplingRate());
            assertArrayEquals(new float[] {-1000, 1000}, recording.samples(0));
            assertArrayEquals(new float[] {100, -50}, recording.samples(1));
        }
    }

    @Test
    void mixedRatesAreReadOneRateAtATime() throws Exception {
        Path file =
                write(
                        new EdfWriter(false, "", "0.5")
                                .plain("Fast", 4)
                                .plain("Slow", 1)
                                .plain("Fast", 4)
                                .record(new int[] {1, 2, 3, 4}, new int[] {9}, new int[4])
                                .record(new int[] {5, 6, 7, 8}, new int[] {10}, new int[4]));
        contains(failure(file), "test.edf", "8.0 Hz: Fast, Fast-2", "2.0 Hz: Slow");
        try (EdfReader reader = EdfReader.open(file)) {
            Recording slow = reader.recording(List.of("slow"));
            assertEquals(2, slow.samplingRate());
            assertArrayEquals(new float[] {9, 10}, slow.samples(0));
            Recording fast = reader.recording(List.of("Fast-2", "fast."));
            assertEquals(List.of("Fast-2", "Fast"), fast.channels());
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, fast.samples(1));
            contains(
                    assertThrows(DataException.class, () -> reader.recording(List.of("Cz")))
                            .getMessage(),
                    "no channel 'Cz'",
                    "Fast, Slow, Fast-2");
        }
    }

    @Test
    void annotationsInUtf8WithDurationsAndSeveralTexts() throws Exception {
        Path file =
                write(
                        new EdfWriter(false, "EDF+C", "1")
                                .plain("A", 1)
                                .annotations(40)
                                .annotations(20)
                                .record(
                                        new int[1],
                                        "+0.25\u0014\u0014\0+0.75\u00152.5\u0014T1\u0014second\u0014\0",
                                        "-0.5\u0014Augen öffnen 中\u0014\0")
                                .record(new int[1], "+1.25\u0014\u0014late\u0014\0", ""));
        try (EdfReader reader = EdfReader.open(file)) {
            assertEquals(
                    List.of(
                            new Event(-0.5, Double.NaN, "Augen öffnen 中"),
                            new Event(0.75, 2.5, "T1"),
                            new Event(0.75, 2.5, "second"),
                            new Event(1.25, Double.NaN, "late")),
                    reader.annotations());
            assertEquals(1.25, reader.recordOnset(1));
            // The first sample is at 0.25 s: events of the recording count from there
            assertEquals(0.5, reader.recording(List.of()).events().get(1).onset(), 1e-12);
        }
    }

    @Test
    void discontinuousFilesAreSeveralRecordings() throws Exception {
        EdfWriter writer = new EdfWriter(false, "EDF+D", "1").plain("A", 2).annotations(20);
        writer.record(new int[] {1, 2}, "+0\u0014\u0014\0+0.5\u0014a\u0014\0");
        writer.record(new int[] {3, 4}, "+1\u0014\u0014\0+1.5\u0014b\u0014\0");
        writer.record(new int[] {5, 6}, "+7.5\u0014\u0014\0+8\u0014c\u0014\0+5\u0014gap\u0014\0");
        Path file = write(writer);
        try (EdfReader reader = EdfReader.open(file)) {
            assertEquals(7.5, reader.recordOnset(2));
            contains(
                    assertThrows(DataException.class, () -> reader.recording(List.of()))
                            .getMessage(),
                    "gaps",
                    "2 continuous");
            List<Recording> pieces = reader.segments(List.of());
            assertEquals(2, pieces.size());
            assertArrayEquals(new float[] {1, 2, 3, 4}, pieces.get(0).samples(0));
            assertArrayEquals(new float[] {5, 6}, pieces.get(1).samples(0));
            assertEquals(
                    List.of(new Event(0.5, Double.NaN, "a"), new Event(1.5, Double.NaN, "b")),
                    pieces.get(0).events());
            assertEquals(List.of(new Event(0.5, Double.NaN, "c")), pieces.get(1).events());
            assertEquals(0, pieces.get(0).start());
            assertEquals(7.5, pieces.get(1).start());
        }
        writer.record(new int[] {7, 8}, "+8\u0014\u0014\0");
        contains(failure(write(writer)), "record 3 starts at 8.0 s, before");
    }

    @Test
    void discontinuousFilesNeedOnsets() throws Exception {
        contains(
                failure(write(new EdfWriter(false, "EDF+D", "1").plain("A", 1).record(new int[1]))),
                "EDF+D",
                "no annotation signal");
        contains(
                failure(
                        write(
                                new EdfWriter(false, "EDF+D", "1")
                                        .plain("A", 1)
                                        .annotations(4)
                                        .record(new int[1], ""))),
                "record 0",
                "no onset");
    }

    @Test
    void damagedAnnotationsAreAnErrorOrPassedOver() throws Exception {
        for (String damaged :
                new String[] {
                    "nonsense", "+x\u0014a\u0014", "+1\u0015zz\u0014a\u0014", "+1\u0014a"
                }) {
            Path file =
                    write(
                            new EdfWriter(false, "EDF+C", "1")
                                    .plain("A", 1)
                                    .annotations(20)
                                    .record(new int[1], "+0\u0014\u0014ok\u0014\0" + damaged));
            contains(failure(file), "test.edf", "annotations of record 0");
            try (EdfReader reader = EdfReader.openLenient(file)) {
                assertEquals(1, reader.annotations().size());
            }
        }
    }

    @Test
    void triggersOfBiosemiFilesAreEvents() throws Exception {
        int idle = -6815744;
        Path file =
                write(
                        new EdfWriter(true, "24BIT", "1")
                                .plain("A", 4)
                                .plain("Status", 4)
                                .record(new int[4], new int[] {idle, idle + 3, idle + 3, idle})
                                .record(new int[4], new int[] {idle + 3, idle + 7, idle, idle}));
        try (EdfReader reader = EdfReader.open(file)) {
            Recording recording = reader.recording(List.of());
            assertEquals(List.of("A"), recording.channels());
            assertEquals(
                    List.of(
                            new Event(0.25, Double.NaN, "3"),
                            new Event(1, Double.NaN, "3"),
                            new Event(1.25, Double.NaN, "7")),
                    recording.events());
        }
    }

    /** Reads all channels; what the reader says about it is added to the notes. */
    private Recording read(EdfWriter writer, List<String> notes, String... channels)
            throws Exception {
        try (EdfReader reader = EdfReader.open(write(writer), false, notes::add)) {
            return reader.recording(List.of(channels));
        }
    }

    private static List<String> labels(Recording recording) {
        return recording.events().stream().map(Event::label).toList();
    }

    /** A second of each code at 8 Hz, a code a record or a few of them; the first signal is EEG. */
    private static EdfWriter withCodes(boolean bdf, String label, String unit, int... codes) {
        String min = bdf ? "-8388608" : "-32768";
        String max = bdf ? "8388607" : "32767";
        EdfWriter writer =
                new EdfWriter(bdf, bdf ? "24BIT" : "", "1")
                        .plain("C3", 8)
                        .signal(label, unit, min, max, min, max, "8");
        for (int code : codes) {
            int[] held = new int[8];
            Arrays.fill(held, code);
            writer.record(new int[8], held);
        }
        return writer;
    }

    @ParameterizedTest
    @CsvSource({
        "Status,",
        "STATUS, Boolean",
        "STI 014,",
        "sti101, uV",
        "TRIG, V",
        "Trigger,",
        "TRIGGER1,",
        "MKR+,",
        "Event,",
        "Event marker,",
        "DC trigger, mV",
        "EventMarker,",
        "X, Boolean"
    })
    void stimulusChannelsAreNoInputUnlessNamed(String label, String unit) throws Exception {
        String ofUnit = unit == null ? "" : unit;
        for (boolean bdf : new boolean[] {false, true}) {
            EdfWriter writer = withCodes(bdf, label, ofUnit, 0, 3, 3, 0, 5);
            List<String> notes = new ArrayList<>();
            Recording recording = read(writer, notes);
            assertEquals(List.of("C3"), recording.channels());
            assertEquals(List.of("3", "5"), labels(recording));
            assertEquals(1, recording.events().get(0).onset());
            assertEquals(1, notes.size(), notes::toString);
            contains(notes.get(0), label, "stimulus");
            assertEquals(
                    List.of(label, "C3"), read(writer, new ArrayList<>(), label, "C3").channels());
        }
    }

    @Test
    void signalsWithWordsThatContainThoseOfStimuliStay() throws Exception {
        for (String label : new String[] {"EEG Fpz", "Resp", "Sternal", "Prevention", "Stimson"}) {
            assertEquals(
                    2, read(withCodes(false, label, "uV", 0), new ArrayList<>()).channels().size());
        }
    }

    @Test
    void annotationsGoBeforeCodes() throws Exception {
        EdfWriter writer =
                new EdfWriter(false, "EDF+C", "1").plain("C3", 2).plain("TRIG", 2).annotations(20);
        writer.record(new int[2], new int[] {0, 9}, "+0\u0014\u0014\0+0.5\u0014T1\u0014\0");
        assertEquals(List.of("T1"), labels(read(writer, new ArrayList<>())));
    }

    /** Codes of a file, and the labels that its events have. */
    static Stream<Arguments> codes() {
        int pins = 0xFF00;
        int top = 0x980000 - (1 << 24);
        return Stream.of(
                // The usual: rest, code, rest
                Arguments.of(true, new int[] {0, 201, 0, 202, 0}, "201 202"),
                // Bits 8 to 15 always high; 16 to 23 are the amplifier's own
                Arguments.of(
                        true,
                        new int[] {pins, pins + 201, pins, pins, top + pins, pins + 202, pins},
                        "201 202"),
                Arguments.of(
                        true, new int[] {0, pins, pins + 1, pins, pins, pins + 2, pins}, "1 2"),
                // One code only
                Arguments.of(true, new int[] {pins, pins + 1, pins, pins, pins + 1, pins}, "1 1"),
                // Low when active
                Arguments.of(true, new int[] {255, 255, 254, 255, 255, 253, 255}, "254 253"),
                // Held until the next: every change is an event
                Arguments.of(true, new int[] {1, 2, 2, 1, 2, 1}, "2 1 2 1"),
                Arguments.of(true, new int[] {0, 1, 2, 2, 1, 1, 2, 1, 1}, "1 2 1 2 1"),
                Arguments.of(false, new int[] {3, 1, 2, 3, 3, 2, 1}, "1 2 3 2 1"),
                Arguments.of(false, new int[] {0, 7, 7, 0, 0, 7}, "7 7"));
    }

    @ParameterizedTest
    @MethodSource("codes")
    void aReturnToTheRestingValueIsNoEvent(boolean bdf, int[] codes, String expected)
            throws Exception {
        Recording recording = read(withCodes(bdf, "Status", "", codes), new ArrayList<>());
        assertEquals(expected, String.join(" ", labels(recording)));
    }

    @Test
    void codesOfScaledSignalsAreThePhysicalValuesIfWhole() throws Exception {
        EdfWriter writer =
                new EdfWriter(false, "", "4")
                        .plain("C3", 4)
                        .signal("TRIG", "", "-3276.8", "3276.7", "-32768", "32767", "4");
        writer.record(new int[4], new int[] {0, 10, 0, 20});
        assertEquals(List.of("1", "2"), labels(read(writer, new ArrayList<>())));
        writer.record(new int[4], new int[] {0, 201, 0, 202});
        assertEquals(List.of("10", "20", "201", "202"), labels(read(writer, new ArrayList<>())));
    }

    @Test
    void noiseHoldsNoCodes() throws Exception {
        EdfWriter writer = new EdfWriter(false, "", "1").plain("C3", 2000).plain("TRIG", 2000);
        writer.record(new int[2000], new Random(1).ints(2000, 0, 30000).toArray());
        List<String> notes = new ArrayList<>();
        assertEquals(List.of(), read(writer, notes).events());
        assertTrue(notes.toString().contains("TRIG are too many to be codes"), notes::toString);
    }

    @Test
    void channelsWithoutAScaleMatterOnlyIfAskedFor() throws Exception {
        EdfWriter writer =
                new EdfWriter(false, "", "1")
                        .plain("C3", 2)
                        .signal("-", "", "0", "0", "0", "0", "2")
                        .signal("VREF", "uV", "0", "0", "-32768", "32767", "2")
                        .plain("C4", 2)
                        .signal("-", "mV", "x", "1", "0", "1", "2");
        writer.record(new int[2], new int[2], new int[] {4, 5}, new int[] {6, 7}, new int[2]);
        List<String> notes = new ArrayList<>();
        assertEquals(List.of("C3", "C4"), read(writer, notes).channels());
        contains(String.join("", notes), "no usable scale", "-, VREF, --2");
        notes.clear();
        assertArrayEquals(new float[] {6, 7}, read(writer, notes, "C4").samples(0));
        assertEquals(List.of(), notes);
        Path file = write(writer);
        for (String channel : new String[] {"VREF", "-"}) {
            contains(
                    assertThrows(DataException.class, () -> read(writer, notes, "C3", channel))
                            .getMessage(),
                    "test.edf",
                    "'" + channel + "'",
                    "must");
        }
        contains(failure(file), "'-'", "digital maximum");
        try (EdfReader reader = EdfReader.openStrict(file)) {
            assertEquals("uV", reader.recording(List.of("C3", "C4")).unit());
        }
        try (EdfReader reader = EdfReader.openLenient(file)) {
            assertEquals("unscaled", reader.header().layout().signals().get(2).unit());
            assertEquals("unscaled", reader.recording(List.of("VREF")).unit());
            assertArrayEquals(new float[] {4, 5}, reader.recording(List.of("VREF")).samples(0));
            assertEquals("uV, unscaled", reader.recording(List.of()).unit());
        }
    }

    @ParameterizedTest
    @CsvSource({"2048, 0.0625, %.3f", "2048, 0.0625, %.2f", "500, 0.124, %.2f", "160, 0.3, %.0f"})
    void roundedOnsetsAreNoGaps(int rate, double seconds, String format) throws Exception {
        int perRecord = (int) Math.rint(rate * seconds);
        EdfWriter whole = new EdfWriter(false, "EDF+D", "" + seconds).plain("A", perRecord);
        EdfWriter gap = new EdfWriter(false, "EDF+D", "" + seconds).plain("A", perRecord);
        whole.annotations(20);
        gap.annotations(20);
        for (int i = 0; i < 50; i++) {
            double late = i < 30 ? 0 : 2.02;
            String stamp = "+" + format + "\u0014\u0014\0";
            whole.record(new int[perRecord], String.format(Locale.ROOT, stamp, i * seconds));
            gap.record(new int[perRecord], String.format(Locale.ROOT, stamp, i * seconds + late));
        }
        boolean tells = !format.equals("%.0f");
        List<String> notes = new ArrayList<>();
        if (tells) {
            assertEquals(50 * perRecord, read(whole, notes).length());
            assertEquals(1, notes.size(), notes::toString);
            contains(failure(write(whole)), "rounded");
        }
        try (EdfReader reader = EdfReader.open(write(gap))) {
            assertEquals(tells, reader.segments(List.of()).size() == 2);
        } catch (DataException e) {
            // Whole seconds cannot tell the order of records of 0.3 s
            assertFalse(tells, e.getMessage());
        }
    }

    @Test
    void ratesAreExact() throws Exception {
        for (String[] seconds : new String[][] {{"1100", "1.1"}, {"1137", "1.137"}}) {
            int perRecord = Integer.parseInt(seconds[0]);
            EdfWriter writer = new EdfWriter(false, "", seconds[1]).plain("A", perRecord);
            writer.record(new int[perRecord]);
            assertEquals(1000, read(writer, new ArrayList<>()).samplingRate());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "uV, 1",
        "UV, 1",
        "uv, 1",
        "microvolt, 1",
        "microvol, 1",
        "uVolts, 1",
        "u V, 1",
        "mV, 1e3",
        "mv, 1e3",
        "m V, 1e3",
        "milliV, 1e3",
        "V, 1e6",
        "v, 1e6",
        "Volt, 1e6",
        "volts, 1e6",
        "nV, 1e-3",
        "NV, 1e-3",
        "\u00b5V, 1",
        "\u00c2\u00b5V, 1",
        "\u00ce\u00bcV, 1",
        "MV, 0",
        "mmHg, 0",
        "'', 0",
        "%, 0"
    })
    void unitsAsPeopleWriteThem(String unit, double microvolts) throws Exception {
        EdfWriter writer =
                new EdfWriter(false, "", "1")
                        .signal(
                                "A",
                                unit.substring(0, Math.min(8, unit.length())),
                                "-32768",
                                "32767",
                                "-32768",
                                "32767",
                                "2");
        writer.record(new int[] {0, 1});
        List<String> notes = new ArrayList<>();
        Recording recording = read(writer, notes);
        if (microvolts > 0) {
            assertEquals("uV", recording.unit());
            assertEquals((float) microvolts, recording.samples(0)[1]);
            assertEquals(List.of(), notes);
        } else {
            assertEquals(unit, recording.unit());
            assertEquals(1, recording.samples(0)[1]);
            contains(String.join("", notes), "unit", "of A");
        }
    }

    /** Short runs of samples are read together with others, long ones on their own. */
    @ParameterizedTest
    @ValueSource(ints = {3, 400})
    void samplesStayInTheFile(int perRecord) throws Exception {
        Random random = new Random(2);
        EdfWriter writer = new EdfWriter(false, "EDF+D", "1").plain("A", perRecord);
        writer.plain("B", perRecord).plain("C", 5).annotations(10);
        int gap = 4 * perRecord;
        int[][] written = new int[2][9 * perRecord];
        for (int i = 0; i < 9; i++) {
            int[] a = random.ints(perRecord, -999, 999).toArray();
            int[] b = random.ints(perRecord, -999, 999).toArray();
            System.arraycopy(a, 0, written[1], i * perRecord, perRecord);
            System.arraycopy(b, 0, written[0], i * perRecord, perRecord);
            String onset = "+" + (i < 4 ? i : i + 7) + "\u0014\u0014\0";
            writer.record(a, b, new int[5], onset);
        }
        Path file = write(writer);
        List<Recording> pieces;
        try (EdfReader reader = EdfReader.open(file)) {
            pieces = reader.segments(List.of("B", "A"));
        }
        assertEquals(2, pieces.size());
        for (int p = 0; p < 2; p++) {
            int start = p * gap;
            int length = pieces.get(p).length();
            assertEquals(p == 0 ? gap : written[0].length - gap, length);
            for (int i = 0; i < 40; i++) {
                int from = i == 0 ? 0 : random.nextInt(length);
                int n = i == 0 ? length : 1 + random.nextInt(length - from);
                float[] piece = new float[n + 1];
                pieces.get(p).copySamples(i % 2, from, piece, 1, n);
                for (int t = 0; t < n; t++) {
                    assertEquals(written[i % 2][start + from + t], piece[t + 1]);
                }
            }
        }
        Files.write(file, new byte[1], StandardOpenOption.APPEND);
        contains(
                assertThrows(DataException.class, () -> pieces.get(0).samples(0)).getMessage(),
                "test.edf",
                "changed");
    }

    @Test
    void annotationsAreBounded() throws Exception {
        StringBuilder many = new StringBuilder("+0\u0014");
        many.append("a\u0014".repeat(500_001)).append('\0');
        EdfWriter writer = new EdfWriter(false, "EDF+C", "1").plain("A", 1);
        writer.annotations(500_010).record(new int[1], many.toString());
        contains(failure(write(writer)), "annotations of record 0", "more than 500000");
    }

    static Stream<Arguments> hostileFields() {
        return Stream.of(
                fixed("headerBytes", "512", "'header bytes' is 512", "768"),
                fixed("headerBytes", "-1", "'header bytes'", "'-1'"),
                fixed("records", "-2", "'number of data records'", "'-2'"),
                fixed("records", "1.5", "'number of data records'", "whole"),
                fixed("records", "99999999", "truncated", "99999999"),
                fixed("seconds", "-1", "'duration of a data record'", "-1"),
                fixed("seconds", "0", "'duration of a data record'", "above 0"),
                fixed("seconds", "NaN", "'duration of a data record'", "'NaN'"),
                fixed("seconds", "1,5", "'duration of a data record'", "'1,5'"),
                fixed("count", "-1", "'number of signals'", "'-1'"),
                fixed("count", "0", "'number of signals'", "'0'"),
                fixed("count", "9999", "needs 2560000", "772"),
                fixed("count", "x\u0007", "'number of signals'", "'x\ufffd'"),
                signal(3, "low", "'physical minimum of signal 2 'B''", "'low'"),
                signal(4, "-10", "'physical maximum of signal 2 'B''", "differ"),
                signal(4, "1e39", "'physical maximum of signal 2 'B''", "'1e39'", "too large"),
                signal(3, "-4e38", "'physical minimum of signal 2 'B''", "too large"),
                signal(4, "1e999", "'physical maximum of signal 2 'B''", "too large"),
                signal(5, "99999", "'digital minimum of signal 2 'B''", "-32768 to 32768"),
                signal(6, "-32768", "'digital maximum of signal 2 'B''", "above"),
                signal(8, "0", "'samples per record of signal 2 'B''", "from 1"),
                signal(8, "-5", "'samples per record of signal 2 'B''", "'-5'"),
                signal(8, "2e9", "samples per record", "2 GiB"),
                signal(8, "1e99", "samples per record", "whole number"),
                signal(8, "", "samples per record", "''"));
    }

    private static Arguments fixed(String field, String value, String... parts) {
        return Arguments.of(field, -1, value, parts);
    }

    private static Arguments signal(int field, String value, String... parts) {
        return Arguments.of("signal field " + field, field, value, parts);
    }

    @ParameterizedTest(name = "{0} = {2}")
    @MethodSource("hostileFields")
    void hostileHeadersNameFileAndField(String field, int index, String value, String[] parts)
            throws Exception {
        EdfWriter writer = new EdfWriter(false, "", "1").plain("A", 1);
        String[] b = {"B", "", "uV", "-10", "10", "-32768", "32767", "", "1"};
        if (index >= 0) {
            b[index] = value;
        } else {
            writer.with(field, value);
        }
        writer.signal(b[0], b[2], b[3], b[4], b[5], b[6], b[8]);
        writer.record(new int[1], new int[1]);
        String message = failure(write(writer));
        contains(message, "test.edf");
        contains(message, parts);
    }

    /** A sparse file of 3 GB: reading a channel must neither load it whole nor overflow. */
    @Test
    void readsOneChannelOfALargeFile() throws Exception {
        int perRecord = 1_000_000;
        int records = 500;
        Path file = folder.resolve("large.edf");
        EdfWriter writer =
                new EdfWriter(false, "", "1000")
                        .with("records", "" + records)
                        .plain("A", perRecord)
                        .plain("B", 4)
                        .plain("C", 2 * perRecord);
        Files.write(file, writer.bytes());
        long recordBytes = 2L * (3 * perRecord + 4);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(1024 + records * recordBytes);
            out.seek(1024 + (records - 1) * recordBytes + 2L * perRecord);
            out.write(new byte[] {1, 0, 2, 0, 3, 0, 4, (byte) 0x80});
        }
        try (EdfReader reader = EdfReader.open(file)) {
            float[] samples = reader.recording(List.of("B")).samples(0);
            assertEquals(4 * records, samples.length);
            assertArrayEquals(
                    new float[] {1, 2, 3, -32764},
                    Arrays.copyOfRange(samples, samples.length - 4, samples.length));
            FileSamples last = reader.samples(2);
            assertEquals(2 * perRecord * records, last.length());
            float[] value = {1};
            last.copy(0, last.length() - 1, value, 0, 1);
            assertEquals(0, value[0]);
        }
    }
}
