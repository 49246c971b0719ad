package org.lamina.zoo.data.signal;

import java.util.function.Supplier;
import org.lamina.zoo.data.DataException;
import uk.me.berndporr.iirj.Butterworth;
import uk.me.berndporr.iirj.Cascade;

/**
 * Butterworth filter of order 4 that runs forward and backward, so that nothing is delayed. Gain at
 * an edge frequency is therefore 1/2 (-6 dB), and falls off as that of order 8 (band-pass: 4 on
 * each side, twice).
 *
 * <p>Before filtering the signal is continued at both ends by itself turned by 180 degrees around
 * its first and last sample, for three periods of the lowest edge frequency, and the filter starts
 * in the state of rest for the first value: offsets and steps at the ends cause little ringing.
 */
public final class ZeroPhaseFilter {
    private static final int ORDER = 4;
    private static final int PERIODS = 3;

    private final Supplier<Cascade> design;
    private final boolean passesConstant;
    private final int padding;

    private ZeroPhaseFilter(Supplier<Cascade> design, boolean passesConstant, int padding) {
        this.design = design;
        this.passesConstant = passesConstant;
        this.padding = padding;
    }

    /**
     * @param rate sampling rate in Hz
     * @param low lower edge in Hz, 0 for a low-pass
     * @param high upper edge in Hz, 0 for a high-pass
     * @return the filter
     * @throws DataException if the edges are not between 0 and half the sampling rate, low below
     *     high, or both 0
     */
    public static ZeroPhaseFilter of(double rate, double low, double high) {
        double nyquist = rate / 2;
        if (!(low >= 0) || !(high >= 0) || (low == 0 && high == 0) || (high > 0 && low >= high)) {
            throw new DataException(
                    String.format(
                            "Filter: low %s Hz and high %s Hz; low must be below high, at least one"
                                    + " above 0",
                            low, high));
        }
        if (low >= nyquist || high >= nyquist) {
            throw new DataException(
                    String.format(
                            "Filter: edge %s Hz must be below half the sampling rate, %s Hz",
                            Math.max(low, high), nyquist));
        }
        // The filter object holds the state of a signal: each signal gets its own
        Supplier<Cascade> design =
                () -> {
                    Butterworth filter = new Butterworth();
                    if (low > 0 && high > 0) {
                        filter.bandPass(ORDER, rate, (low + high) / 2, high - low);
                    } else if (low > 0) {
                        filter.highPass(ORDER, rate, low);
                    } else {
                        filter.lowPass(ORDER, rate, high);
                    }
                    return filter;
                };
        int padding = (int) Math.ceil(PERIODS * rate / (low > 0 ? low : high));
        return new ZeroPhaseFilter(design, low == 0, padding);
    }

    /**
     * @param signal one channel, at least two samples
     * @return the filtered channel, of the same length
     */
    public float[] apply(float[] signal) {
        int n = signal.length;
        if (n < 2) {
            throw new DataException("Filter: a signal of " + n + " samples is too short");
        }
        int pad = Math.min(padding, n - 1);
        double[] x = new double[n + 2 * pad];
        for (int i = 0; i < n; i++) {
            x[pad + i] = signal[i];
        }
        for (int i = 1; i <= pad; i++) {
            x[pad - i] = 2.0 * signal[0] - signal[i];
            x[pad + n - 1 + i] = 2.0 * signal[n - 1] - signal[n - 1 - i];
        }
        Cascade filter = design.get();
        run(filter, x);
        reverse(x);
        run(filter, x);
        reverse(x);
        float[] filtered = new float[n];
        for (int i = 0; i < n; i++) {
            filtered[i] = (float) x[pad + i];
        }
        return filtered;
    }

    /** Filters in place, from rest at the first value: by linearity, zero state without it. */
    private void run(Cascade filter, double[] x) {
        filter.reset();
        double rest = x[0];
        double back = passesConstant ? rest : 0;
        for (int i = 0; i < x.length; i++) {
            x[i] = filter.filter(x[i] - rest) + back;
        }
    }

    private static void reverse(double[] x) {
        for (int i = 0, j = x.length - 1; i < j; i++, j--) {
            double swap = x[i];
            x[i] = x[j];
            x[j] = swap;
        }
    }
}
