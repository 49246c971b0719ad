package org.lamina.zoo.data.edf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.lamina.zoo.data.DataErrors.contains;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Recording;

/** Fields of the header: scales, units, rates and invalid values. */
class EdfHeaderTest extends EdfFiles {
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
        contains(String.join("", notes), "no valid scale", "-, VREF, --2");
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
}
