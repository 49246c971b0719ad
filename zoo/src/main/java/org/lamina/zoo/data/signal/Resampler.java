package org.lamina.zoo.data.signal;

import org.lamina.zoo.data.DataException;

/**
 * Changes the sampling rate by a ratio of whole numbers: raises it by {@code up}, low-passes (sinc
 * with a Kaiser window, half as wide as 10 samples of the lower rate, zero phase) and keeps every
 * {@code down}-th sample, computing only what is kept. Frequencies above half the new rate are
 * suppressed. Beyond its ends the signal is taken to keep its last value. Filter as in SciPy's <a
 * href="https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.resample_poly.html">{@code
 * resample_poly}</a>.
 */
public final class Resampler {
    private static final int MAX_FACTOR = 10_000;
    private static final int HALF_WIDTH = 10;
    private static final double KAISER_BETA = 5;

    private final int up;
    private final int down;
    private final int half;
    private final double[] taps;

    private Resampler(int up, int down) {
        this.up = up;
        this.down = down;
        int widest = Math.max(up, down);
        this.half = HALF_WIDTH * widest;
        this.taps = new double[2 * half + 1];
        double sum = 0;
        for (int i = -half; i <= half; i++) {
            double x = (double) i / widest;
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
     * @throws DataException if the rates' ratio is no fraction of whole numbers up to 10,000
     */
    public static Resampler of(double from, double to) {
        if (!(from > 0) || !(to > 0) || Double.isInfinite(from) || Double.isInfinite(to)) {
            throw new DataException("Resampling from " + from + " to " + to + " Hz: not possible");
        }
        double ratio = to / from;
        for (int down = 1; down <= MAX_FACTOR; down++) {
            double up = Math.rint(ratio * down);
            if (up >= 1 && up <= MAX_FACTOR && Math.abs(up / down - ratio) <= 1e-9 * ratio) {
                return new Resampler((int) up, down);
            }
        }
        throw new DataException(
                String.format(
                        "Resampling from %s to %s Hz: their ratio must be a fraction of whole"
                                + " numbers up to %d",
                        from, to, MAX_FACTOR));
    }

    /**
     * @param signal one channel
     * @return that channel at the new rate; its first sample is at the time of the old first
     */
    public float[] apply(float[] signal) {
        int n = signal.length;
        if (up == down || n == 0) {
            return signal.clone();
        }
        long length = ((long) n * up + down - 1) / down;
        if (length > Integer.MAX_VALUE - 8) {
            throw new DataException("Resampling: " + length + " samples are too many");
        }
        float[] result = new float[(int) length];
        for (int m = 0; m < result.length; m++) {
            long center = (long) m * down;
            // Input sample k sits at k * up on the raised grid; those within the filter count
            long first = Math.floorDiv(center - half + up - 1, up);
            long last = Math.floorDiv(center + half, up);
            double sum = 0;
            for (long k = first; k <= last; k++) {
                int index = (int) Math.max(0, Math.min(n - 1, k));
                sum += taps[(int) (center - k * up) + half] * signal[index];
            }
            result[m] = (float) sum;
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
