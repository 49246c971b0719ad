package org.lamina.zoo.data.edf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.Event;
import org.lamina.zoo.data.Recording;
import org.slf4j.LoggerFactory;

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
                            try (EdfReader reader = EdfReader.open(file)) {
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
        try (EdfReader reader = EdfReader.open(file)) {
            assertEquals(-1, reader.header().records());
            assertEquals(2, reader.records());
            assertArrayEquals(new int[] {3, 4, 5}, reader.readDigital(0, 2, 3));
            assertArrayEquals(
                    new float[] {1, 2, 3, 4, 5, -6}, reader.recording(List.of()).samples(0));
        }
    }

    @Test
    void reportsTruncationAndReadsWhatIsThereIfAsked() throws Exception {
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
            contains(failure(file), "cut.edf", "truncated", "4 of 6 bytes");
            try (EdfReader reader = EdfReader.openLenient(file)) {
                assertEquals(1, reader.records());
                assertArrayEquals(new float[] {1, 2, 3}, reader.recording(List.of()).samples(0));
            }
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
            assertArrayEquals(values, reader.readDigital(0, 0, 10));
            assertEquals(-8388608, reader.recording(List.of()).samples(0)[9]);
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
            assertArrayEquals(new double[] {-1, 1}, reader.readPhysical(0, 0, 2), 1e-12);
            assertArrayEquals(new double[] {100, -50}, reader.readPhysical(1, 0, 2), 1e-12);
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
                fixed("count", "9999", "2560000 bytes", "772"),
                fixed("count", "x\u0007", "'number of signals'", "'x?'"),
                signal(3, "low", "'physical minimum of signal 2 'B''", "'low'"),
                signal(4, "-10", "'physical maximum of signal 2 'B''", "differ"),
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

    @Test
    void randomDamageNeverGivesAnotherErrorThanTheDocumentedOnes() throws Exception {
        byte[] good =
                new EdfWriter(false, "EDF+D", "1")
                        .plain("A", 2)
                        .annotations(20)
                        .record(new int[] {1, 2}, "+0\u0014\u0014\0+0.5\u0014a\u0014\0")
                        .record(new int[] {3, 4}, "+2\u0014\u0014\0")
                        .bytes();
        ((Logger) LoggerFactory.getLogger(EdfReader.class)).setLevel(Level.ERROR);
        Random random = new Random(1);
        Path file = folder.resolve("fuzz.edf");
        for (int i = 0; i < 1500; i++) {
            byte[] bytes = good.clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                byte[] choice =
                        "0123456789-+.eE \0\u0014\u0015xF".getBytes(StandardCharsets.ISO_8859_1);
                bytes[random.nextInt(bytes.length)] = choice[random.nextInt(choice.length)];
            }
            Files.write(file, bytes);
            for (boolean lenient : new boolean[] {false, true}) {
                try (EdfReader reader =
                        lenient ? EdfReader.openLenient(file) : EdfReader.open(file)) {
                    reader.segments(List.of());
                } catch (DataException e) {
                    contains(e.getMessage(), "fuzz.edf");
                }
            }
        }
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
            assertEquals(0, reader.readDigital(2, 2L * perRecord * records - 1, 1)[0]);
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> reader.readDigital(2, 2L * perRecord * records, 1));
        }
    }
}
