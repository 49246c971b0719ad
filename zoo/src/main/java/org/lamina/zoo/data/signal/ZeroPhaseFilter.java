package org.lamina.zoo.data.signal;

import org.lamina.zoo.data.DataException;
import uk.me.berndporr.iirj.Biquad;
import uk.me.berndporr.iirj.Butterworth;
import uk.me.berndporr.iirj.Cascade;

/**
 * Butterworth filter of order 4, applied forward and backward for zero phase. Therefore the gain at
 * an edge frequency is 1/2 (-6 dB), and the roll-off that of order 8 (on each side of a band-pass).
 *
 * <p>The signal is padded at both ends by odd extension (its reflection through the first and last
 * sample) over three periods of the lowest edge frequency, and the filter starts in the steady
 * state of the first value, so that offsets and steps at the ends hardly cause ringing.
 */
public final class ZeroPhaseFilter {
    private static final int ORDER = 4;
    private static final int PERIODS = 3;
    private static final int BLOCK = 4096;

    private final Cascade design;
    private final boolean passesConstant;
    private final int padding;

    private ZeroPhaseFilter(Cascade design, boolean passesConstant, int padding) {
        this.design = design;
        this.passesConstant = passesConstant;
        this.padding = padding;
    }

    /**
     * @param rate sampling rate in Hz
     * @param low lower edge in Hz, 0 for a low-pass
     * @param high upper edge in Hz, 0 for a high-pass
     * @return the filter
     * @throws DataException unless {@code 0 <= low < high < rate / 2}; one of the edges may be 0
     */
    public static ZeroPhaseFilter of(double rate, double low, double high) {
        double nyquist = rate / 2;
        if (!(low >= 0) || !(high >= 0) || (low == 0 && high == 0) || (high > 0 && low >= high)) {
            throw new DataException(
                    "Filter: low %s Hz and high %s Hz; low must be below high, at least one above"
                            + " 0",
                    low, high);
        }
        if (low >= nyquist || high >= nyquist) {
            throw new DataException(
                    "Filter: edge %s Hz must be below half the sampling rate, %s Hz",
                    Math.max(low, high), nyquist);
        }
        Butterworth design = new Butterworth();
        if (low > 0 && high > 0) {
            design.bandPass(ORDER, rate, (low + high) / 2, high - low);
        } else if (low > 0) {
            design.highPass(ORDER, rate, low);
        } else {
            design.lowPass(ORDER, rate, high);
        }
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
            throw new DataException("Filter: a signal of %s samples is too short", n);
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
        run(x);
        reverse(x);
        run(x);
        reverse(x);
        float[] filtered = new float[n];
        for (int i = 0; i < n; i++) {
            filtered[i] = (float) x[pad + i];
        }
        return filtered;
    }

    /**
     * Filters in place, from the steady state of the first value: by linearity, the zero state
     * after its subtraction.
     */
    private void run(double[] x) {
        int stages = design.getNumBiquads();
        double[] state = new double[2 * stages];
        double rest = x[0];
        double back = passesConstant ? rest : 0;
        // In blocks that fit into the cache
        for (int from = 0; from < x.length; from += BLOCK) {
            int to = Math.min(from + BLOCK, x.length);
            for (int i = from; i < to; i++) {
                x[i] -= rest;
            }
            for (int stage = 0; stage < stages; stage++) {
                run(design.getBiquad(stage), state, 2 * stage, x, from, to);
            }
            for (int i = from; i < to; i++) {
                x[i] += back;
            }
        }
    }

    /** Direct form II, as in iirj, but with explicit state. */
    private static void run(Biquad biquad, double[] state, int at, double[] x, int from, int to) {
        double a1 = biquad.getA1() / biquad.getA0();
        double a2 = biquad.getA2() / biquad.getA0();
        double b0 = biquad.getB0() / biquad.getA0();
        double b1 = biquad.getB1() / biquad.getA0();
        double b2 = biquad.getB2() / biquad.getA0();
        double v1 = state[at];
        double v2 = state[at + 1];
        for (int i = from; i < to; i++) {
            double w = x[i] - a1 * v1 - a2 * v2;
            x[i] = b0 * w + b1 * v1 + b2 * v2;
            v2 = v1;
            v1 = w;
        }
        state[at] = v1;
        state[at + 1] = v2;
    }

    private static void reverse(double[] x) {
        for (int i = 0, j = x.length - 1; i < j; i++, j--) {
            double swap = x[i];
            x[i] = x[j];
            x[j] = swap;
        }
    }
}
