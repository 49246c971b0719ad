package org.lamina.zoo.data.augment;

import java.util.random.RandomGenerator;

/**
 * Shifts the spectrum of all channels by the same frequency: the real part of {@code a[c][t] exp(2
 * pi i f t / sfreq)}, where a is the analytic signal of x, zero-padded to a power of two, and f is
 * drawn uniformly from {@code -maxDeltaFreq} to {@code maxDeltaFreq}.
 *
 * @param probability of changing an example
 * @param sfreq sampling rate in Hz
 * @param maxDeltaFreq largest shift in Hz
 */
public record FrequencyShift(double probability, double sfreq, double maxDeltaFreq)
        implements Augmentation {
    /** Checks the arguments. */
    public FrequencyShift {
        Arguments.share("probability", probability);
        Arguments.above("sfreq", sfreq, 0);
        Arguments.between("max_delta_freq", maxDeltaFreq, 0, sfreq / 2);
    }

    @Override
    public double[][] transform(double[][] x, RandomGenerator random) {
        return shift(x, (2 * random.nextDouble() - 1) * maxDeltaFreq);
    }

    double[][] shift(double[][] x, double hz) {
        int samples = x[0].length;
        int length = Fourier.powerOfTwo(samples);
        Fourier fourier = new Fourier(length);
        double step = 2 * Math.PI * hz / sfreq;
        for (double[] row : x) {
            double[][] z = {new double[length], new double[length]};
            System.arraycopy(row, 0, z[0], 0, samples);
            fourier.forward(z);
            for (int k = 1; k < length; k++) {
                double weight = 2 * k < length ? 2 : 2 * k == length ? 1 : 0;
                z[0][k] *= weight;
                z[1][k] *= weight;
            }
            fourier.inverse(z);
            for (int t = 0; t < samples; t++) {
                row[t] = z[0][t] * Math.cos(step * t) - z[1][t] * Math.sin(step * t);
            }
        }
        return x;
    }
}
