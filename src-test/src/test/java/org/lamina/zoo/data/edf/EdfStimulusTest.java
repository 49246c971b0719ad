package org.lamina.zoo.data.edf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.zoo.data.DataErrors.contains;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;

/** Stimulus channels and their codes. */
class EdfStimulusTest extends EdfFiles {
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
    void annotationsAreNoCodesWhateverTheirUnit() throws Exception {
        EdfWriter writer = new EdfWriter(false, "EDF+C", "1").plain("C3", 2);
        writer.signal("EDF Annotations", "Boolean", "-1", "1", "-32768", "32767", "20");
        writer.record(new int[2], "+0\u0014\u0014\0");
        List<String> notes = new ArrayList<>();
        assertEquals(List.of(), read(writer, notes).events());
        assertEquals(List.of(), notes);
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
        assertTrue(
                notes.toString().contains("TRIG are too many to be trigger codes"),
                notes::toString);
    }
}
