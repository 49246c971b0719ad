package org.lamina.zoo.data.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.zoo.weights.StateDict;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Against braindecode ({@code augmentations.py} wrote the values), and properties. */
class AugmentationTest {
    private static final double RATE = 64;

    /** What single precision leaves, for values of size 1. */
    private static final double FLOAT = 2e-6;

    private static StateDict reference;

    @BeforeAll
    static void read() throws Exception {
        reference =
                StateDict.read(
                        Path.of(
                                AugmentationTest.class
                                        .getResource("/zoo/augmentations.npz")
                                        .toURI()));
    }

    private static double[] vector(String name) {
        return reference.get(name).castTo(DataType.DOUBLE).toDoubleVector();
    }

    private static double[][][] examples(String name) {
        INDArray array = reference.get(name).castTo(DataType.DOUBLE);
        double[][][] examples = new double[(int) array.size(0)][][];
        for (int n = 0; n < examples.length; n++) {
            examples[n] = array.slice(n).toDoubleMatrix();
        }
        return examples;
    }

    private static void assertClose(double[][] expected, double[][] actual) {
        assertEquals(expected.length, actual.length);
        for (int c = 0; c < expected.length; c++) {
            assertArrayEquals(expected[c], actual[c], FLOAT);
        }
    }

    private interface Deterministic {
        double[][] transform(double[][] x, int n);
    }

    private static void assertReference(String of, String input, Deterministic part) {
        double[][][] expected = examples(of);
        double[][][] x = examples(input);
        for (int n = 0; n < x.length; n++) {
            assertClose(expected[n], part.transform(x[n], n));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"even", "odd"})
    void equalsBraindecode(String length) {
        for (boolean own : new boolean[] {false, true}) {
            String name = "surrogate_" + length + (own ? "_own" : "_same");
            double[][][] turns = examples(name + "_turns");
            FTSurrogate surrogate = new FTSurrogate(1, own ? 0.7 : 1, own);
            assertReference(
                    name,
                    length,
                    (x, n) ->
                            surrogate.surrogate(
                                    x, new double[][] {turns[n][0], turns[n][own ? 1 : 0]}));
        }
        double[] start = vector("mask_" + length + "_start");
        assertReference(
                "mask_" + length, length, (x, n) -> new SmoothTimeMask(1, 20).mask(x, start[n]));
        double[] shift = vector("shift_" + length + "_hz");
        assertReference(
                "shift_" + length,
                length,
                (x, n) -> new FrequencyShift(1, RATE, 2).shift(x, shift[n]));
        double[] stop = vector("bandstop_" + length + "_hz");
        assertReference(
                "bandstop_" + length,
                length,
                (x, n) -> new BandstopFilter(1, RATE, 1, 32).remove(x, stop[n]));
        double[][][] mixed = examples(length);
        double[][] labels = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
        int[] others = reference.get("mixup_others").toIntVector();
        Mixup.mix(mixed, labels, vector("mixup_lam"), others);
        assertReference("mixup_" + length, length, (x, n) -> mixed[n]);
        assertClose(reference.get("mixup_labels").castTo(DataType.DOUBLE).toDoubleMatrix(), labels);
    }

    @Test
    void bandstopOfLongExamplesEqualsBraindecode() {
        assertReference(
                "bandstop_long", "long", (x, n) -> new BandstopFilter(1, 62, 4, 31).remove(x, 20));
    }

    private static double[][] noise(int channels, int samples, long seed) {
        Random random = new Random(seed);
        double[][] x = new double[channels][samples];
        for (double[] row : x) {
            Arrays.setAll(row, t -> random.nextGaussian());
        }
        return x;
    }

    private static double[][] copy(double[][] x) {
        return Arrays.stream(x).map(double[]::clone).toArray(double[][]::new);
    }

    private static double[][] applied(Augmentation augmentation, double[][] x, long seed) {
        return augmentation.transform(copy(x), new SplittableRandom(seed));
    }

    @Test
    void twiceIsNothing() {
        double[][] x = noise(3, 50, 1);
        for (Augmentation augmentation : new Augmentation[] {new SignFlip(1), new TimeReverse(1)}) {
            double[][] once = applied(augmentation, x, 1);
            assertNotEquals(x[0][0], once[0][0]);
            assertClose(x, applied(augmentation, once, 2));
        }
        assertEquals(-x[2][7], applied(new SignFlip(1), x, 1)[2][7]);
        assertEquals(x[2][7], applied(new TimeReverse(1), x, 1)[2][42]);
        assertClose(x, TimeShift.shift(TimeShift.shift(x, 17), -17));
        assertEquals(x[1][3], TimeShift.shift(x, -5)[1][48]);
    }

    @Test
    void shiftsStayWithinTheirLimitAndReachIt() {
        double[][] x = noise(1, 50, 1);
        Set<Integer> seen = new TreeSet<>();
        for (int seed = 0; seed < 200; seed++) {
            double[] shifted = applied(new TimeShift(1, 2), x, seed)[0];
            seen.add(
                    IntStream.rangeClosed(-25, 24)
                            .filter(s -> shifted[Math.floorMod(s, 50)] == x[0][0])
                            .findFirst()
                            .orElseThrow());
        }
        assertEquals(Set.of(-2, -1, 0, 1, 2), seen);
    }

    @Test
    void shuffleKeepsTheChannelsAndMovesAsManyAsAsked() {
        double[][] x = noise(10, 4, 2);
        int moved = 0;
        for (int seed = 0; seed < 300; seed++) {
            double[][] shuffled = applied(new ChannelsShuffle(1, 0.5), x, seed);
            Set<Double> channels = new TreeSet<>();
            for (int c = 0; c < 10; c++) {
                channels.add(shuffled[c][0]);
                moved += shuffled[c][0] != x[c][0] ? 1 : 0;
            }
            assertEquals(10, channels.size());
        }
        // Of k permuted channels k - 1 move on average: 5 less 1, and a little for k = 0.
        assertEquals(4, moved / 300.0, 0.3);
    }

    @Test
    void surrogatesKeepTheAmplitudeSpectrum() {
        for (int samples : new int[] {63, 64, 100}) {
            double[][] x = noise(2, samples, 3);
            double[][] y = applied(new FTSurrogate(1, 1, true), x, 4);
            for (int c = 0; c < 2; c++) {
                assertArrayEquals(amplitudes(x[c]), amplitudes(y[c]), 1e-9);
                assertTrue(Math.abs(x[c][5] - y[c][5]) > 1e-3);
            }
            // With the same angles for all channels what is between channels stays, too.
            double[][] together = applied(new FTSurrogate(1, 1, false), x, 4);
            assertEquals(dot(x[0], x[1]), dot(together[0], together[1]), 1e-9);
        }
    }

    /** By the definition of the transform. */
    private static double[] amplitudes(double[] x) {
        double[] amplitudes = new double[x.length];
        for (int k = 0; k < x.length; k++) {
            double real = 0;
            double imaginary = 0;
            for (int t = 0; t < x.length; t++) {
                double angle = 2 * Math.PI * k * t / x.length;
                real += x[t] * Math.cos(angle);
                imaginary -= x[t] * Math.sin(angle);
            }
            amplitudes[k] = Math.hypot(real, imaginary);
        }
        return amplitudes;
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(t -> a[t] * b[t]).sum();
    }

    @Test
    void drawsHaveTheirDistribution() {
        double[][] ones = new double[200][100];
        for (double[] row : ones) {
            Arrays.fill(row, 1);
        }
        double[][] noisy = applied(new GaussianNoise(1, 0.1), ones, 5);
        double mean = Arrays.stream(noisy).flatMapToDouble(Arrays::stream).average().orElseThrow();
        double variance =
                Arrays.stream(noisy)
                        .flatMapToDouble(Arrays::stream)
                        .map(v -> (v - mean) * (v - mean))
                        .average()
                        .orElseThrow();
        assertEquals(1, mean, 0.003);
        assertEquals(0.1, Math.sqrt(variance), 0.002);

        double[][] dropped = applied(new ChannelsDropout(1, 0.2), ones, 6);
        assertEquals(40, Arrays.stream(dropped).filter(row -> row[3] == 0).count(), 18);
        assertTrue(Arrays.stream(dropped).allMatch(row -> row[0] == row[99]));

        double[] factors = new double[500];
        for (int n = 0; n < factors.length; n++) {
            double[][] scaled =
                    applied(new AmplitudeScale(1, 0.5, 2), new double[][] {{1}, {-2}}, n);
            factors[n] = scaled[0][0];
            assertEquals(-2 * factors[n], scaled[1][0], 1e-12);
        }
        assertEquals(1.25, Arrays.stream(factors).average().orElseThrow(), 0.08);
        assertEquals(0.5, Arrays.stream(factors).min().orElseThrow(), 0.03);
        assertEquals(2, Arrays.stream(factors).max().orElseThrow(), 0.03);
    }

    @Test
    void probabilityIsTheShareOfChangedExamples() {
        double[][][] examples = new double[1000][1][1];
        for (double[][] example : examples) {
            example[0][0] = 1;
        }
        new SignFlip(0.3).apply(examples, new double[1000][2], new SplittableRandom(7));
        assertEquals(300, Arrays.stream(examples).filter(x -> x[0][0] < 0).count(), 60);
    }

    /** Beta(a, a) has mean 1/2 and variance 1 / (8 a + 4). */
    @Test
    void mixupDrawsFromBeta() {
        double[] lam = new double[2000];
        for (int seed = 0; seed < lam.length; seed++) {
            double[][][] two = {{{0}}, {{1}}};
            double[][] labels = {{1, 0}, {0, 1}};
            new Mixup(0.5, true).apply(two, labels, new SplittableRandom(seed));
            assertEquals(1 - two[0][0][0], labels[0][0], 1e-12);
            assertEquals(1, labels[0][0] + labels[0][1], 1e-12);
            lam[seed] = two[1][0][0];
        }
        double mean = Arrays.stream(lam).average().orElseThrow();
        // In half of the batches an example is mixed with itself.
        assertEquals(0.75, mean, 0.03);
        double spread =
                Arrays.stream(lam)
                        .filter(v -> v < 1)
                        .map(v -> (v - 0.5) * (v - 0.5))
                        .average()
                        .orElseThrow();
        assertEquals(0.125, spread, 0.01);
    }
}
