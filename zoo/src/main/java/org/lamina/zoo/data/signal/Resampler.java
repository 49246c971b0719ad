package org.lamina.zoo.data.signal;

import org.lamina.zoo.data.DataException;

/**
 * Polyphase resampling: upsamples by {@code up}, applies a zero-phase low-pass (Kaiser-windowed
 * sinc with a half-width of 10 samples of the lower rate) and keeps every {@code down}-th sample,
 * computing only the samples kept. If the ratio of the rates is not a fraction of integers up to
 * 10,000, {@code down} is not an integer; the filter is then interpolated linearly on a grid too
 * fine for an error in single precision. Frequencies above half the new rate are suppressed. The
 * signal is padded with its edge values. The filter is that of SciPy's <a
 * href="https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.resample_poly.html">{@code
 * resample_poly}</a>.
 */
public final class Resampler {
    private static final int MAX_FACTOR = 10_000;

    /** Points of the filter per sample of the lower rate if the ratio is not rational. */
    private static final int DENSITY = 8192;

    private static final int HALF_WIDTH = 10;
    private static final double KAISER_BETA = 5;

    private final int up;
    private final double down;
    private final int half;
    private final double[] taps;

    private Resampler(int up, double down) {
        this.up = up;
        this.down = down;
        double widest = Math.max(up, down);
        this.half = (int) Math.ceil(HALF_WIDTH * widest);
        // One extra point to interpolate towards
        this.taps = new double[2 * half + 2];
        double sum = 0;
        for (int i = -half; i <= half; i++) {
            double x = i / widest;
            double sinc = i == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
            double edge = (double) i / half;
            double window = bessel(KAISER_BETA * Math.sqrt(1 - edge * edge)) / bessel(KAISER_BETA);
            taps[i + half] = sinc * window;
            sum += taps[i + half];
        }
        for (int i = 0; i < taps.length; i++) {
            taps[i] *= up / sum;
        }
    }

    /**
     * @param from present sampling rate in Hz
     * @param to wanted sampling rate in Hz
     * @return a resampler
     * @throws DataException if a rate is not above 0, or one is more than 10,000 times the other
     */
    public static Resampler of(double from, double to) {
        if (!(from > 0) || !(to > 0) || Double.isInfinite(from) || Double.isInfinite(to)) {
            throw new DataException("Resampling from %s to %s Hz: not possible", from, to);
        }
        double ratio = to / from;
        for (int down = 1; down <= MAX_FACTOR; down++) {
            double up = Math.rint(ratio * down);
            if (up >= 1 && up <= MAX_FACTOR && Math.abs(up / down - ratio) <= 1e-9 * ratio) {
                return new Resampler((int) up, down);
            }
        }
        if (Math.max(ratio, 1 / ratio) > MAX_FACTOR) {
            throw new DataException(
                    "Resampling from %s to %s Hz: one must be at most %d times the other",
                    from, to, MAX_FACTOR);
        }
        int up = (int) Math.max(1, DENSITY * Math.min(1, ratio));
        return new Resampler(up, up / ratio);
    }

    /**
     * @param n samples of a signal
     * @return number of samples at the new rate
     */
    public int length(int n) {
        // Ignore rounding errors above an integer
        double length = Math.ceil((double) n * up / down * (1 - 1e-15));
        if (length > Integer.MAX_VALUE - 8) {
            throw new DataException("Resampling: %s samples are too many", (long) length);
        }
        return (int) length;
    }

    /**
     * @param signal one channel
     * @return the channel at the new rate; the times of the first samples are equal
     */
    public float[] apply(float[] signal) {
        int n = signal.length;
        if (n == 0 || up == down) {
            return signal.clone();
        }
        float[] result = new float[length(n)];
        boolean whole = down == Math.rint(down);
        for (int m = 0; m < result.length; m++) {
            double at = m * down;
            long center = (long) at;
            double beyond = at - center;
            // Input sample k is at k * up on the upsampled grid; sum over those within the filter
            long first = Math.floorDiv(center - half + up - 1, up);
            long last = Math.floorDiv(center + half, up);
            double sum = 0;
            double weights = 0;
            for (long k = first; k <= last; k++) {
                int index = (int) Math.max(0, Math.min(n - 1, k));
                int tap = (int) (center - k * up) + half;
                double weight = taps[tap] + beyond * (taps[tap + 1] - taps[tap]);
                sum += weight * signal[index];
                weights += weight;
            }
            // Normalize: each fractional position has a slightly different DC gain
            result[m] = (float) (whole ? sum : sum / weights);
        }
        return result;
    }

    /** Modified Bessel function of the first kind, order 0, by its power series. */
    private static double bessel(double x) {
        double term = 1;
        double sum = 1;
        for (int k = 1; term > 1e-17 * sum; k++) {
            term *= x * x / (4.0 * k * k);
            sum += term;
        }
        return sum;
    }
}
