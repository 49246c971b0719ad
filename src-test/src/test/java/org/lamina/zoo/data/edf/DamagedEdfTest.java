package org.lamina.zoo.data.edf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Recording;
import org.slf4j.LoggerFactory;

/**
 * Random damage to a small EDF+ file. It is refused with the documented error, or its samples are
 * those that {@link Expected} takes from the damaged bytes, and what is omitted is noted.
 */
class DamagedEdfTest {
    private static final byte[] REPLACEMENTS =
            "0123456789-+.eE \0\u0014\u0015xF".getBytes(StandardCharsets.ISO_8859_1);

    private static final byte[] GOOD =
            new EdfWriter(false, "EDF+D", "1")
                    .plain("A", 2)
                    .annotations(20)
                    .record(new int[] {1, 2}, "+0\u0014\u0014\0+0.5\u0014a\u0014\0")
                    .record(new int[] {3, 4}, "+2\u0014\u0014\0")
                    .bytes();

    @TempDir Path folder;

    /** Signal A of two signals, from fields at fixed places and all data records that are there. */
    private record Expected(byte[] bytes) {
        private static final int[] WIDTHS = {16, 80, 8, 8, 8, 8, 8, 80, 8, 32};
        private static final int DATA = 3 * 256;

        private static int at(int field, int signal) {
            int at = 256 + signal * WIDTHS[field];
            for (int f = 0; f < field; f++) {
                at += 2 * WIDTHS[f];
            }
            return at;
        }

        String text(int from, int width) {
            return new String(bytes, from, width, StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ')
                    .strip();
        }

        double number(int field, int signal) {
            return Double.parseDouble(text(at(field, signal), 8));
        }

        int samplesPerRecord() {
            return (int) number(8, 0);
        }

        double rate() {
            return samplesPerRecord() / Double.parseDouble(text(244, 8));
        }

        int recordBytes() {
            return 2 * (samplesPerRecord() + (int) number(8, 1));
        }

        int records() {
            int declared = (int) Double.parseDouble(text(236, 8));
            int whole = (bytes.length - DATA) / recordBytes();
            return declared < 0 ? whole : Math.min(declared, whole);
        }

        boolean leavesBytesOut() {
            return DATA + records() * recordBytes() != bytes.length;
        }

        void check(List<Recording> pieces, String what) {
            boolean unscaled = pieces.get(0).unit().equals(EdfHeader.UNSCALED);
            double low = unscaled ? 0 : number(3, 0);
            double digitalLow = unscaled ? 0 : number(5, 0);
            double gain = unscaled ? 1 : (number(4, 0) - low) / (number(6, 0) - digitalLow);
            double microvolts = text(at(2, 0), 8).equals("V") ? 1e6 : 1;
            double rounding = 1e-12 * (Math.abs(low) + Math.abs(digitalLow * gain));
            int sample = 0;
            for (Recording piece : pieces) {
                assertEquals(1, piece.channels().size(), what);
                assertEquals(rate(), piece.samplingRate(), 1e-12 * rate(), what);
                for (float actual : piece.samples(0)) {
                    int at =
                            DATA
                                    + sample / samplesPerRecord() * recordBytes()
                                    + sample % samplesPerRecord() * 2;
                    int digital = (bytes[at] & 0xff) | bytes[at + 1] << 8;
                    double value = (low + (digital - digitalLow) * gain) * microvolts;
                    double tolerance = 1e-7 * Math.abs(value) + rounding * microvolts;
                    assertEquals(value, actual, tolerance, what + ", sample " + sample);
                    sample++;
                }
            }
            assertEquals(records() * samplesPerRecord(), sample, what);
        }

        private boolean isIntact(int from, int to) {
            return Arrays.equals(bytes, from, to, GOOD, from, to);
        }

        private boolean areIntact(int... fields) {
            return Arrays.stream(fields)
                    .allMatch(f -> isIntact(at(f, 0), at(f, 0) + 2 * WIDTHS[f]));
        }

        /** The layout, and what annotations say about time. */
        boolean keepsTheAnnotations() {
            return isIntact(184, 256)
                    && areIntact(0, 8)
                    && isIntact(DATA + 4, DATA + 44)
                    && isIntact(DATA + 48, DATA + 88);
        }

        /** All but texts that do not count: patient, date, transducers, filters. */
        boolean keepsEverything() {
            return keepsTheAnnotations()
                    && isIntact(0, 8)
                    && areIntact(2, 3, 4, 5, 6)
                    && isIntact(DATA, GOOD.length);
        }
    }

    /** How the file is opened; notes are told unless it is lenient. */
    private enum Mode {
        STRICT,
        USUAL,
        LENIENT;

        EdfReader open(Path file, List<String> notes) throws IOException {
            return this == LENIENT
                    ? EdfReader.openLenient(file)
                    : EdfReader.open(file, this == STRICT, notes::add);
        }
    }

    private static String events(List<Recording> pieces) {
        StringBuilder all = new StringBuilder();
        for (Recording piece : pieces) {
            all.append(piece.start()).append(':');
            piece.events().forEach(e -> all.append(e.label()).append('@').append(e.onset()));
            all.append(' ');
        }
        return all.toString();
    }

    @Test
    void damagedFilesAreRefusedOrReadAsTheyAre() throws Exception {
        ((Logger) LoggerFactory.getLogger(EdfReader.class)).setLevel(Level.ERROR);
        Random random = new Random(1);
        Path file = folder.resolve("fuzz.edf");
        int[] read = new int[Mode.values().length];
        int intact = 0;
        int tries = 1500;
        for (int i = 0; i < tries; i++) {
            byte[] bytes = GOOD.clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                bytes[random.nextInt(bytes.length)] =
                        REPLACEMENTS[random.nextInt(REPLACEMENTS.length)];
            }
            Files.write(file, bytes);
            Expected expected = new Expected(bytes);
            for (Mode mode : Mode.values()) {
                String what = "try " + i + ", " + mode;
                List<String> notes = new ArrayList<>();
                List<Recording> pieces;
                try (EdfReader reader = mode.open(file, notes)) {
                    pieces = reader.segments(List.of());
                } catch (DataException e) {
                    assertTrue(e.getMessage().contains("fuzz.edf"), e.getMessage());
                    assertFalse(e.getMessage().contains("\n"), e.getMessage());
                    assertFalse(expected.keepsEverything(), what + ": " + e.getMessage());
                    continue;
                }
                read[mode.ordinal()]++;
                expected.check(pieces, what);
                if (expected.keepsTheAnnotations()) {
                    assertEquals("0.0:a@0.5 2.0: ", events(pieces), what);
                }
                if (expected.keepsEverything()) {
                    intact++;
                    assertEquals(List.of(), notes, what);
                }
                if (mode != Mode.LENIENT && expected.leavesBytesOut()) {
                    assertFalse(notes.isEmpty(), what + ": silently omitted");
                }
            }
        }
        // Each branch above was taken.
        assertTrue(intact > 100, "intact " + intact);
        for (int count : read) {
            assertTrue(count > 100 && count < tries - 100, Arrays.toString(read));
        }
    }
}
