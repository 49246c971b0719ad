package org.lamina.zoo.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.activations.ScaledActivation;
import org.lamina.activations.Swish;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.NormSpec;
import org.nd4j.linalg.activations.impl.ActivationReLU;

/** The theory of white noise against numbers known otherwise and against drawn ones. */
class NoiseFieldTest {

    private static ConvSpec conv(int kernel, int stride, long channels) {
        ConvGeometry geometry =
                ConvGeometry.builder(2, kernel).stride(stride).padding(kernel / 2).build();
        return new ConvSpec(channels, 8, geometry, true, NormSpec.none());
    }

    @Test
    void independentValuesPooled() {
        NoiseField white = NoiseField.white(6, 6);
        assertEquals(1.0 / 4, white.averagePooled(2).variance(), 1e-12);
        assertEquals(1.0 / 9, white.averagePooled(3).variance(), 1e-12);
        // Windows of 4, 2, 2 and 1 values.
        double odd = (1 / 4.0 + 1 / 2.0 + 1 / 2.0 + 1) / 4;
        assertEquals(odd, NoiseField.white(3, 3).averagePooled(2).variance(), 1e-12);
        assertEquals(4 * odd, NoiseField.white(3, 3).times(2).averagePooled(2).variance(), 1e-12);
        assertEquals(5, white.plus(white.times(2)).variance(), 1e-12);
    }

    /** 1.71 ReLU of standard normal numbers: mean 1.71 / sqrt(2 pi), variance 1. */
    @Test
    void rectified() {
        double gamma = Math.sqrt(2 / (1 - 1 / Math.PI));
        NoiseField field =
                NoiseField.white(2, 2).activated(new ScaledActivation(new ActivationReLU(), gamma));
        assertEquals(1, field.variance(), 2e-3);
        assertEquals(gamma / Math.sqrt(2 * Math.PI), field.mean(), 2e-3);
        assertEquals(0.25, field.averagePooled(2).variance(), 1e-3);
    }

    /** A row of two values of filters that are drawn: variance of their mean after Swish. */
    @ParameterizedTest
    @ValueSource(longs = {1, 3})
    void filteredAndActivated(long channels) {
        Random random = new Random(4);
        int taps = (int) (9 * channels);
        double sum = 0;
        int draws = 200_000;
        double variance = 0;
        for (int draw = 0; draw < draws; draw++) {
            double[] filter = standardized(random, taps);
            double[] image = new double[(int) (4 * channels)];
            for (int i = 0; i < image.length; i++) {
                image[i] = random.nextGaussian();
            }
            // The 2x2 image in the middle of zeros; two of its four windows.
            double mean = 0;
            for (int x = 0; x < 2; x++) {
                double value = 0;
                for (int c = 0; c < channels; c++) {
                    for (int p = 0; p < 4; p++) {
                        int tap = (p / 2 + 1) * 3 + p % 2 + 1 - x;
                        value += filter[c * 9 + tap] * image[c * 4 + p];
                    }
                }
                variance += value * value / (2 * draws);
                mean += value / (1 + Math.exp(-value)) / 2;
            }
            sum += mean / draws;
        }
        NoiseField filtered = NoiseField.white(2, 2).convolved(conv(3, 1, channels));
        assertEquals(variance, filtered.variance(), 0.01 * variance);
        NoiseField activated = filtered.activated(new Swish());
        assertEquals(sum, activated.mean(), 0.03 * sum);
    }

    private static double[] standardized(Random random, int taps) {
        double[] filter = new double[taps];
        double mean = 0;
        for (int i = 0; i < taps; i++) {
            filter[i] = random.nextGaussian();
            mean += filter[i] / taps;
        }
        double norm = 0;
        for (int i = 0; i < taps; i++) {
            filter[i] -= mean;
            norm += filter[i] * filter[i];
        }
        for (int i = 0; i < taps; i++) {
            filter[i] /= Math.sqrt(norm);
        }
        return filter;
    }

    /** Maxima of 3x3 windows with stride 2, and their means over 2x2, from drawn noise. */
    @Test
    void maximaAndTheirMeans() {
        NoiseField maxima = NoiseField.white(64, 64).maxPooled();
        Random random = new Random(3);
        int draws = 60_000;
        double[] sums = new double[4];
        for (int draw = 0; draw < draws; draw++) {
            double[][] noise = new double[5][5];
            for (double[] row : noise) {
                for (int i = 0; i < 5; i++) {
                    row[i] = random.nextGaussian();
                }
            }
            double mean = 0;
            for (int w = 0; w < 4; w++) {
                double max = Double.NEGATIVE_INFINITY;
                for (int i = 0; i < 9; i++) {
                    max = Math.max(max, noise[w / 2 * 2 + i / 3][w % 2 * 2 + i % 3]);
                }
                sums[0] += max / (4 * draws);
                sums[1] += max * max / (4 * draws);
                mean += max / 4;
            }
            sums[2] += mean / draws;
            sums[3] += mean * mean / draws;
        }
        assertEquals(sums[0], maxima.mean(), 0.005);
        assertEquals(sums[1] - sums[0] * sums[0], maxima.variance(), 0.005);
        double pooled = sums[3] - sums[2] * sums[2];
        assertEquals(pooled, maxima.averagePooled(2).variance(), 0.02 * pooled);
    }

    /** Filters of 1x1 keep the variance and take the mean away. */
    @Test
    void filtersTakeTheMeanAway() {
        NoiseField maxima = NoiseField.white(8, 8).maxPooled();
        NoiseField filtered = maxima.convolved(conv(1, 1, 16));
        assertEquals(0, filtered.mean(), 0);
        assertEquals(maxima.variance(), filtered.variance(), 1e-12);
        assertEquals(maxima.variance(), maxima.convolved(conv(1, 2, 16)).variance(), 1e-12);
    }
}
