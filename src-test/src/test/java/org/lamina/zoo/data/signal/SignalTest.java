package org.lamina.zoo.data.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.zoo.data.DataErrors.fails;

import org.junit.jupiter.api.Test;

/**
 * Filter and resampler by their frequency response and symmetry, and against values that SciPy
 * 1.17.1 gives for {@link #signal()}: {@code sosfiltfilt(butter(4, ..., output='sos'), x,
 * padtype='odd', padlen=...)} and {@code resample_poly(x, up, down, window=('kaiser', 5.0),
 * padtype='edge')}.
 */
class SignalTest {
    private static final double RATE = 160;

    private static float[] signal() {
        float[] x = new float[400];
        for (int t = 0; t < x.length; t++) {
            x[t] =
                    (float)
                            (Math.sin(t * 0.05) * 20
                                    + Math.cos(t * 0.9) * 5
                                    + t * 0.1
                                    + 300
                                    + (t * 7919 % 101) * 0.3);
        }
        return x;
    }

    private static void equalsAt(int[] at, double[] expected, float[] actual) {
        for (int i = 0; i < at.length; i++) {
            assertEquals(expected[i], actual[at[i]], 2e-4, "sample " + at[i]);
        }
    }

    @Test
    void filterEqualsScipy() {
        int[] at = {0, 1, 50, 200, 398, 399};
        equalsAt(
                at,
                new double[] {-0.000834, 10.775017, 6.162591, -5.245524, -10.352174, -0.003538},
                ZeroPhaseFilter.of(RATE, 4, 38).apply(signal()));
        equalsAt(
                at,
                new double[] {0.017094, 11.037713, 6.943075, -21.892682, -9.47891, 0.024905},
                ZeroPhaseFilter.of(RATE, 1, 0).apply(signal()));
        equalsAt(
                at,
                new double[] {
                    305.001571, 309.286257, 332.66845, 322.139824, 381.036307, 389.999506
                },
                ZeroPhaseFilter.of(RATE, 0, 20).apply(signal()));
    }

    @Test
    void resamplerEqualsScipy() {
        float[] fewer = Resampler.of(160, 128).apply(signal());
        assertEquals(320, fewer.length);
        equalsAt(
                new int[] {0, 1, 50, 100, 318, 319},
                new double[] {303.318305, 323.1219, 320.640626, 333.479597, 369.466811, 389.350492},
                fewer);
        float[] half = Resampler.of(256, 128).apply(signal());
        assertEquals(200, half.length);
        equalsAt(
                new int[] {0, 1, 50, 100, 198, 199},
                new double[] {
                    307.917029, 320.189852, 297.404868, 318.834117, 368.191886, 378.814804
                },
                half);
        float[] more = Resampler.of(128, 250).apply(signal());
        assertEquals(782, more.length);
        equalsAt(
                new int[] {0, 1, 50, 100, 780, 781},
                new double[] {
                    305.205905, 307.291465, 324.03703, 334.106086, 389.195191, 389.783382
                },
                more);
    }

    /** Amplitude of a sinusoid after filtering, away from the ends. */
    private static double gain(ZeroPhaseFilter filter, double hz) {
        float[] x = new float[(int) (20 * RATE)];
        for (int t = 0; t < x.length; t++) {
            x[t] = (float) Math.sin(2 * Math.PI * hz * t / RATE);
        }
        float[] y = filter.apply(x);
        double sin = 0;
        double cos = 0;
        int from = (int) (5 * RATE);
        int n = (int) (10 * RATE);
        for (int t = from; t < from + n; t++) {
            sin += y[t] * Math.sin(2 * Math.PI * hz * t / RATE) * 2 / n;
            cos += y[t] * Math.cos(2 * Math.PI * hz * t / RATE) * 2 / n;
        }
        assertEquals(0, cos, 1e-3, "phase at " + hz + " Hz");
        return sin;
    }

    /** Gain of the filter by the formula of the analogue prototype, run twice. */
    private static double bandPassGain(double low, double high, double hz) {
        double a = Math.tan(Math.PI * low / RATE);
        double b = Math.tan(Math.PI * high / RATE);
        double w = Math.tan(Math.PI * hz / RATE);
        double prototype = (w * w - a * b) / (w * (b - a));
        return 1 / (1 + Math.pow(prototype, 8));
    }

    @Test
    void bandPassHasTheButterworthResponseAndNoPhase() {
        ZeroPhaseFilter filter = ZeroPhaseFilter.of(RATE, 4, 38);
        for (double hz : new double[] {0.5, 2, 3, 4, 5, 8, 12, 20, 30, 38, 42, 50, 70}) {
            assertEquals(bandPassGain(4, 38, hz), gain(filter, hz), 2e-3, hz + " Hz");
        }
        assertEquals(0.5, gain(filter, 4), 2e-3);
        assertEquals(0.5, gain(filter, 38), 2e-3);
    }

    @Test
    void highAndLowPassAlone() {
        ZeroPhaseFilter high = ZeroPhaseFilter.of(RATE, 10, 0);
        assertEquals(0.5, gain(high, 10), 2e-3);
        assertEquals(1, gain(high, 40), 1e-3);
        assertTrue(gain(high, 3) < 1e-3);
        ZeroPhaseFilter low = ZeroPhaseFilter.of(RATE, 0, 10);
        assertEquals(0.5, gain(low, 10), 2e-3);
        assertEquals(1, gain(low, 2), 1e-3);
        assertTrue(gain(low, 40) < 1e-3);
    }

    @Test
    void impulseStaysSymmetric() {
        float[] impulse = new float[2001];
        impulse[1000] = 1;
        float[] y = ZeroPhaseFilter.of(RATE, 4, 38).apply(impulse);
        for (int k = 1; k <= 1000; k++) {
            assertEquals(y[1000 - k], y[1000 + k], 1e-6, "lag " + k);
        }
        assertTrue(y[1000] > 0.3);
    }

    @Test
    void offsetsAndLinesCauseNoTransients() {
        float[] constant = new float[300];
        java.util.Arrays.fill(constant, 14_000);
        for (float value : ZeroPhaseFilter.of(RATE, 4, 38).apply(constant)) {
            assertEquals(0, value, 1e-3);
        }
        for (float value : ZeroPhaseFilter.of(RATE, 0, 38).apply(constant)) {
            assertEquals(14_000, value, 1e-2);
        }
        float[] line = new float[1600];
        for (int t = 0; t < line.length; t++) {
            line[t] = t;
        }
        for (float value : ZeroPhaseFilter.of(RATE, 4, 38).apply(line)) {
            assertEquals(0, value, 0.1);
        }
    }

    @Test
    void resamplingKeepsLowAndStopsHighFrequencies() {
        float[] low = new float[2560];
        float[] high = new float[2560];
        for (int t = 0; t < low.length; t++) {
            low[t] = (float) Math.sin(2 * Math.PI * 10 * t / 256);
            high[t] = (float) Math.sin(2 * Math.PI * 90 * t / 256);
        }
        Resampler resampler = Resampler.of(256, 100);
        float[] kept = resampler.apply(low);
        float[] stopped = resampler.apply(high);
        assertEquals(1000, kept.length);
        for (int t = 50; t < 950; t++) {
            assertEquals(Math.sin(2 * Math.PI * 10 * t / 100), kept[t], 5e-3);
            assertEquals(0, stopped[t], 5e-3, "90 Hz must not fold to 10 Hz");
        }
    }

    /** A rate beside a fraction gives what the fraction gives; any other, the sinusoid's values. */
    @Test
    void resamplesByAnyRatio() {
        for (double[] rates : new double[][] {{160, 128}, {256, 128}, {128, 250}, {500, 20}}) {
            // A fraction passes an offset with a gain that depends on the position
            float[] x = signal();
            for (int t = 0; t < x.length; t++) {
                x[t] -= 330;
            }
            float[] fraction = Resampler.of(rates[0], rates[1]).apply(x);
            float[] beside = Resampler.of(rates[0], rates[1] * (1 + 1e-8)).apply(x);
            for (int t = 0; t < fraction.length; t++) {
                assertEquals(fraction[t], beside[t], 0.05, rates[0] + " Hz, sample " + t);
            }
        }
        double from = 250 / 1.000445;
        float[] sine = new float[2500];
        for (int t = 0; t < sine.length; t++) {
            sine[t] = (float) Math.sin(2 * Math.PI * 10 * t / from);
        }
        for (double to : new double[] {100 * Math.PI, 100 / Math.PI * 3, 250}) {
            float[] kept = Resampler.of(from, to).apply(sine);
            assertEquals(Math.ceil(2500 * to / from), kept.length);
            for (int t = 200; t < kept.length - 200; t++) {
                assertEquals(Math.sin(2 * Math.PI * 10 * t / to), kept[t], 5e-3);
            }
        }
    }

    @Test
    void refusesWhatCannotBeDone() {
        fails("low 38.0 Hz", () -> ZeroPhaseFilter.of(RATE, 38, 4));
        fails("80.0 Hz must be below half", () -> ZeroPhaseFilter.of(RATE, 4, 80));
        fails("at least one", () -> ZeroPhaseFilter.of(RATE, 0, 0));
        fails("low must be", () -> ZeroPhaseFilter.of(RATE, Double.NaN, 8));
        fails("too short", () -> ZeroPhaseFilter.of(RATE, 4, 38).apply(new float[1]));
        fails("at most 10000 times", () -> Resampler.of(160, 1e-3));
        fails("not possible", () -> Resampler.of(160, -1));
    }
}
