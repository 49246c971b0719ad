package org.lamina.zoo.data.edf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.zoo.data.DataErrors.contains;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.reader.FileSamples;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;

/** Data records, annotations and gaps. */
class EdfReaderTest extends EdfFiles {
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
                pieces.get(p).source().copy(i % 2, from, piece, 1, n);
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
