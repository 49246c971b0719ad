package org.lamina.zoo.data.simulation;

import java.util.Random;
import org.lamina.arrays.Views;
import org.lamina.zoo.data.signal.ZeroPhaseFilter;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Generated signals for denoising: one to three oscillatory bursts with random frequency, position,
 * width and amplitude, in white noise and drift of equal power.
 *
 * @param length samples of a signal
 * @param snr signal-to-noise ratio of each example in dB
 */
public record NoisyBursts(int length, double snr) {

    private static final int MOST_BURSTS = 3;

    /** In cycles per sample. */
    private static final double LOWEST = 0.02;

    private static final double HIGHEST = 0.15;

    /**
     * Draws examples.
     *
     * @param count number of examples
     * @param random source of the random numbers
     * @return features {@code [count, 1, length]}, of variance 1 before the noise; labels: the same
     *     without noise
     */
    public DataSet draw(int count, Random random) {
        INDArray clean = Nd4j.create(DataType.FLOAT, count, 1, length);
        INDArray noisy = Nd4j.create(DataType.FLOAT, count, 1, length);
        double noisePower = Math.pow(10, -snr / 10);
        for (int n = 0; n < count; n++) {
            double[] signal = unit(bursts(random));
            double[] white = random.doubles(length).map(u -> random.nextGaussian()).toArray();
            double[] noise = unit(sum(unit(white), unit(drift(random))));
            for (int t = 0; t < length; t++) {
                clean.putScalar(n, 0, t, signal[t]);
                noisy.putScalar(n, 0, t, signal[t] + Math.sqrt(noisePower) * noise[t]);
            }
        }
        return new DataSet(noisy, clean);
    }

    private double[] bursts(Random random) {
        double[] signal = new double[length];
        int bursts = 1 + random.nextInt(MOST_BURSTS);
        for (int b = 0; b < bursts; b++) {
            double frequency = LOWEST + (HIGHEST - LOWEST) * random.nextDouble();
            double phase = 2 * Math.PI * random.nextDouble();
            double center = length * random.nextDouble();
            double width = length * (0.05 + 0.15 * random.nextDouble());
            double strength = 0.5 + random.nextDouble();
            for (int t = 0; t < length; t++) {
                double distance = (t - center) / width;
                signal[t] +=
                        strength
                                * Math.exp(-distance * distance / 2)
                                * Math.cos(2 * Math.PI * frequency * t + phase);
            }
        }
        return signal;
    }

    private double[] drift(Random random) {
        double[] drift = new double[length];
        for (int t = 1; t < length; t++) {
            drift[t] = drift[t - 1] + random.nextGaussian();
        }
        return drift;
    }

    private static double[] sum(double[] a, double[] b) {
        double[] sum = new double[a.length];
        for (int t = 0; t < sum.length; t++) {
            sum[t] = a[t] + b[t];
        }
        return sum;
    }

    /** Mean 0, variance 1. */
    private static double[] unit(double[] x) {
        double mean = 0;
        double square = 0;
        for (double value : x) {
            mean += value / x.length;
        }
        for (double value : x) {
            square += (value - mean) * (value - mean) / x.length;
        }
        double[] scaled = new double[x.length];
        for (int t = 0; t < x.length; t++) {
            scaled[t] = (x[t] - mean) / Math.sqrt(square);
        }
        return scaled;
    }

    /**
     * The signals after a band-pass over the range of burst frequencies: the baseline for a
     * network.
     *
     * @param noisy {@code [count, 1, length]}
     */
    public INDArray bandPassed(INDArray noisy) {
        ZeroPhaseFilter filter = ZeroPhaseFilter.of(1, LOWEST, HIGHEST);
        INDArray filtered = noisy.dup('c');
        for (int n = 0; n < noisy.size(0); n++) {
            INDArray signal = Views.at(Views.at(filtered, n), 0);
            signal.assign(Nd4j.createFromArray(filter.apply(signal.toFloatVector())));
        }
        return filtered;
    }

    /**
     * Signal-to-noise ratio of estimates: power of the clean signals over that of the error, in dB.
     */
    public static double snr(INDArray clean, INDArray estimate) {
        double signal = clean.mul(clean).sumNumber().doubleValue();
        INDArray error = estimate.sub(clean);
        return 10 * Math.log10(signal / error.muli(error).sumNumber().doubleValue());
    }
}
