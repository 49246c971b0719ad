package org.lamina.zoo.data.augment;

import java.util.random.RandomGenerator;

/**
 * Fourier surrogates: shifts the phase of every frequency except 0 and half the sampling rate by an
 * angle drawn uniformly from 0 to {@code phaseNoiseMagnitude} times 2 pi. The amplitude spectrum is
 * kept.
 *
 * <p>Source: Schwabedal et al., https://arxiv.org/abs/1806.08675.
 *
 * @param probability of changing an example
 * @param phaseNoiseMagnitude 0 to 1
 * @param channelIndep whether each channel has its own angles; otherwise phase differences between
 *     channels are kept
 */
public record FTSurrogate(double probability, double phaseNoiseMagnitude, boolean channelIndep)
        implements Augmentation {
    /** Checks the arguments. */
    public FTSurrogate {
        Arguments.share("probability", probability);
        Arguments.share("phase_noise_magnitude", phaseNoiseMagnitude);
    }

    @Override
    public double[][] transform(double[][] x, RandomGenerator random) {
        double[][] turns = new double[x.length][];
        for (int c = 0; c < x.length; c++) {
            turns[c] =
                    c > 0 && !channelIndep
                            ? turns[0]
                            : random.doubles((x[0].length - 1) / 2).toArray();
        }
        return surrogate(x, turns);
    }

    /**
     * @param turns of each channel and frequency, without 0, as a share of the magnitude
     */
    double[][] surrogate(double[][] x, double[][] turns) {
        int samples = x[0].length;
        Fourier fourier = new Fourier(samples);
        for (int c = 0; c < x.length; c++) {
            double[][] z = {x[c], new double[samples]};
            fourier.forward(z);
            for (int k = 1; k <= turns[c].length; k++) {
                double angle = 2 * Math.PI * phaseNoiseMagnitude * turns[c][k - 1];
                turn(z, k, angle);
                turn(z, samples - k, -angle);
            }
            fourier.inverse(z);
            x[c] = z[0];
        }
        return x;
    }

    private static void turn(double[][] z, int k, double angle) {
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double real = z[0][k] * cos - z[1][k] * sin;
        z[1][k] = z[0][k] * sin + z[1][k] * cos;
        z[0][k] = real;
    }
}
