package org.lamina.zoo.data.epochs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.zoo.data.DataErrors.fails;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.signal.MovingStandardization;

class PreprocessorTest {
    private static final int SAMPLES = 100_003;
    private static final int EPOCH = 250;

    private static Recording noise() {
        Random random = new Random(5);
        float[][] rows = new float[3][SAMPLES];
        for (float[] row : rows) {
            for (int t = 0; t < row.length; t++) {
                row[t] = (float) (1e3 + 50 * random.nextGaussian());
            }
        }
        return new Recording("noise", "", 200, List.of("A", "B", "C"), "uV", rows, List.of());
    }

    /** Of 600 epochs (1.8 MB) and the result (1.5 MB): both, the result, and neither in memory. */
    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, 1_600_000, 0})
    void epochsOneByOneAreThoseOfTheWhole(long kept) {
        EpochingOptions options =
                EpochingOptions.builder()
                        .channels(List.of("C", "A", "B"))
                        .band(4, 38)
                        .resampleHz(250.0 * 40 / 77)
                        .reference(List.of(EpochingOptions.AVERAGE))
                        .standardization(MovingStandardization.DEFAULT)
                        .build();
        Recording whole = EpochExtractor.preprocess(noise(), options);
        int[] starts = new Random(6).ints(600, 0, whole.length() - EPOCH + 1).toArray();
        starts[0] = whole.length() - EPOCH;
        starts[1] = 0;
        List<float[]> cut = new ArrayList<>();
        new Preprocessor(noise(), options, kept).eachEpoch(starts, EPOCH, cut::add);
        assertEquals(starts.length, cut.size());
        for (int i = 0; i < starts.length; i++) {
            float[] expected = new float[3 * EPOCH];
            for (int c = 0; c < 3; c++) {
                whole.source().copy(c, starts[i], expected, c * EPOCH, EPOCH);
            }
            assertArrayEquals(expected, cut.get(i));
        }
    }

    private static float[][] rows(EpochingOptions.Builder options) {
        Recording result = EpochExtractor.preprocess(noise(), options.build());
        float[][] rows = new float[result.channels().size()][];
        Arrays.setAll(rows, result::samples);
        return rows;
    }

    @Test
    void referencesAreSubtracted() {
        float[][] raw = rows(EpochingOptions.builder());
        float[][] average =
                rows(
                        EpochingOptions.builder()
                                .channels(List.of("C", "A"))
                                .reference(List.of("Average")));
        // The names of all that are used, and of one that is not
        float[][] one = rows(EpochingOptions.builder().reference(List.of("b")));
        float[][] two =
                rows(EpochingOptions.builder().channels(List.of("C")).reference(List.of("A", "B")));
        assertEquals(List.of(2, 2, 1), List.of(average.length, one.length, two.length));
        for (int t = 0; t < SAMPLES; t += 1001) {
            assertEquals((raw[2][t] - raw[0][t]) / 2, average[0][t], 2e-4);
            assertEquals(0, average[0][t] + average[1][t], 1e-4);
            assertEquals(raw[0][t] - raw[1][t], one[0][t], 2e-4);
            assertEquals(raw[2][t] - raw[1][t], one[1][t], 2e-4);
            assertEquals(raw[2][t] - (raw[0][t] + raw[1][t]) / 2, two[0][t], 2e-4);
        }
    }

    @Test
    void wrongReferencesAreSaid() {
        assertMessage("no channel 'Cz'; available: A, B, C", List.of(), List.of("Cz"));
        assertMessage("all channels are part of the reference", List.of("A"), List.of("A"));
        fails(
                "cannot be rejected",
                () ->
                        EpochingOptions.builder()
                                .rejectMicrovolt(100)
                                .standardization(MovingStandardization.DEFAULT)
                                .build());
    }

    private static void assertMessage(String part, List<String> channels, List<String> reference) {
        fails(part, () -> rows(EpochingOptions.builder().channels(channels).reference(reference)));
    }

    @Test
    void tooLittleSpaceIsSaidBeforeTheWork() {
        Set<String> before = temporaryFiles();
        String message =
                assertThrows(
                                DataException.class,
                                () -> new TemporarySamples("x.edf", 100_000, Integer.MAX_VALUE))
                        .getMessage();
        assertTrue(message.startsWith("x.edf: the filtered samples cannot be stored"), message);
        assertTrue(message.contains("819199999 MB needed, "), message);
        assertTrue(message.contains("-Djava.io.tmpdir=DIR"), message);
        try (TemporarySamples open = new TemporarySamples("x.edf", 2, 3)) {
            open.put(1, new float[] {1, 2, 3});
        }
        Set<String> left = new HashSet<>(temporaryFiles());
        left.removeAll(before);
        left.retainAll(temporaryFiles()); // without what another process has for a moment
        assertEquals(Set.of(), left);
    }

    private static Set<String> temporaryFiles() {
        String[] names = Path.of(System.getProperty("java.io.tmpdir")).toFile().list();
        return Arrays.stream(names)
                .filter(name -> name.endsWith(TemporarySamples.ENDING))
                .collect(Collectors.toSet());
    }
}
