package org.lamina.zoo.data.augment;

import java.util.random.RandomGenerator;
import org.lamina.zoo.data.DataException;

/**
 * Removes a band around a random frequency from all channels, with the filter of MNE's <a
 * href="https://mne.tools/stable/generated/mne.filter.notch_filter.html">{@code notch_filter}</a>:
 * zero phase, a windowed sinc (Hamming) with transitions of 0.5 Hz, 6.6 seconds long; the signal is
 * padded at both ends by odd extension, then by zeros. The center frequency is drawn uniformly from
 * {@code 1 + bandwidth / 2} to {@code maxFreq - 1 - bandwidth / 2}.
 *
 * <p>Sources: Cheng et al., https://arxiv.org/abs/2007.04871; Mohsenvand et al.,
 * https://proceedings.mlr.press/v136/mohsenvand20a.html.
 *
 * @param probability of changing an example
 * @param sfreq sampling rate in Hz
 * @param bandwidth of the band in Hz; 0 changes nothing
 * @param maxFreq upper end of the range of frequencies, at most half the sampling rate
 */
public record BandstopFilter(double probability, double sfreq, double bandwidth, double maxFreq)
        implements Augmentation {
    private static final double TRANSITION = 0.5;

    /** Length of a filter with a Hamming window times its transition. */
    private static final double HAMMING = 3.3;

    /** Checks the arguments. */
    public BandstopFilter {
        Arguments.share("probability", probability);
        Arguments.above("sfreq", sfreq, 0);
        Arguments.notNegative("bandwidth", bandwidth);
        Arguments.above("max_freq", maxFreq, 0);
        Arguments.check(
                maxFreq <= sfreq / 2, "max_freq", maxFreq, "at most half of sfreq, " + sfreq / 2);
        if (bandwidth >= maxFreq - 2) {
            throw new DataException(
                    "bandwidth %s must be below max_freq - 2, %s", bandwidth, maxFreq - 2);
        }
    }

    @Override
    public double[][] transform(double[][] x, RandomGenerator random) {
        double hz = random.nextDouble(1 + bandwidth / 2, maxFreq - 1 - bandwidth / 2);
        return bandwidth == 0 ? x : remove(x, hz);
    }

    double[][] remove(double[][] x, double hz) {
        double[] taps = taps(hz);
        for (int c = 0; c < x.length; c++) {
            x[c] = convolve(x[c], taps);
        }
        return x;
    }

    /** Unit impulse - low-pass at the upper edge + low-pass at the lower edge. */
    private double[] taps(double hz) {
        int length = (int) Math.rint(HAMMING * sfreq / TRANSITION);
        length += 1 - length % 2;
        double edge = bandwidth / 2 + TRANSITION / 2;
        double[] upper = lowPass(length, 2 * (hz + edge) / sfreq);
        double[] taps = lowPass(length, 2 * (hz - edge) / sfreq);
        for (int i = 0; i < length; i++) {
            taps[i] -= upper[i];
        }
        taps[length / 2] += 1;
        return taps;
    }

    /**
     * @param cutoff as a share of half the sampling rate
     */
    private static double[] lowPass(int length, double cutoff) {
        double[] taps = new double[length];
        double sum = 0;
        for (int i = 0; i < length; i++) {
            double t = Math.PI * cutoff * (i - length / 2);
            double sinc = t == 0 ? 1 : Math.sin(t) / t;
            taps[i] = sinc * (0.54 - 0.46 * Math.cos(2 * Math.PI * i / (length - 1)));
            sum += taps[i];
        }
        for (int i = 0; i < length; i++) {
            taps[i] /= sum;
        }
        return taps;
    }

    private static double[] convolve(double[] row, double[] taps) {
        int samples = row.length;
        int half = taps.length / 2;
        int edge = Math.min(half, samples - 1);
        double[] extended = new double[samples + 2 * half];
        System.arraycopy(row, 0, extended, half, samples);
        for (int i = 1; i <= edge; i++) {
            extended[half - i] = 2 * row[0] - row[i];
            extended[half + samples - 1 + i] = 2 * row[samples - 1] - row[samples - 1 - i];
        }
        double[] filtered = new double[samples];
        for (int k = 0; k < taps.length; k++) {
            double tap = taps[k];
            for (int t = 0; t < samples; t++) {
                filtered[t] += tap * extended[t + k];
            }
        }
        return filtered;
    }
}
