package org.lamina.zoo.data.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random signals with given spectra.
 *
 * @param rate sampling rate in Hz
 */
record ColoredNoise(double rate) {
    /**
     * Noise with a spectrum close to 1/f from 0.3 Hz up: first-order processes of equal variance
     * whose corner frequencies differ by factors of three.
     */
    double[] pink(int n, double rms, Random random) {
        List<Double> corners = new ArrayList<>();
        for (double hz = 0.3; hz < rate / 4; hz *= 3) {
            corners.add(hz);
        }
        double[] noise = new double[n];
        for (double hz : corners) {
            double[] part = firstOrder(n, hz, rms / Math.sqrt(corners.size()), random);
            for (int t = 0; t < n; t++) {
                noise[t] += part[t];
            }
        }
        return noise;
    }

    /** First-order low-pass noise (an AR(1) process). */
    double[] firstOrder(int n, double cornerHz, double rms, Random random) {
        double decay = Math.exp(-2 * Math.PI * cornerHz / rate);
        double input = rms * Math.sqrt(1 - decay * decay);
        double[] x = new double[n];
        double value = rms * random.nextGaussian();
        for (int t = 0; t < n; t++) {
            x[t] = value;
            value = decay * value + input * random.nextGaussian();
        }
        return x;
    }

    /** A rhythm of varying amplitude: two slow first-order processes modulate cosine and sine. */
    double[] rhythm(int n, double hz, double rms, Random random) {
        double[] cosine = firstOrder(n, 0.5, rms, random);
        double[] sine = firstOrder(n, 0.5, rms, random);
        for (int t = 0; t < n; t++) {
            double angle = 2 * Math.PI * hz * t / rate;
            cosine[t] = cosine[t] * Math.cos(angle) + sine[t] * Math.sin(angle);
        }
        return cosine;
    }
}
