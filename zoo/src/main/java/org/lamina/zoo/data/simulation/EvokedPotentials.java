package org.lamina.zoo.data.simulation;

import java.util.Random;
import org.lamina.zoo.data.recording.Montage.Position;

/**
 * Event-related potentials of a simulated subject: each stimulus evokes an occipital N1 after 0.17
 * s and a parietal P300, large for targets and small for standards, whose amplitude and latency
 * vary from trial to trial.
 */
final class EvokedPotentials {
    private static final double STANDARD = 0.15;

    private final double rate;
    private final double[] early;
    private final double[] late;
    private final double amplitude;
    private final double latency;

    /** Weight of a source in each channel. */
    interface Spread {
        double[] of(Position place, double width, double sign);
    }

    /**
     * @param factor on the amplitude of the P300, which is about 10 microvolt
     * @param rate in Hz
     * @param random source of the subject's properties
     */
    EvokedPotentials(Spread spread, double factor, double rate, Random random) {
        this.rate = rate;
        early = spread.of(new Position(0, -0.7), 0.3, -1);
        late = spread.of(new Position(0.05 * random.nextGaussian(), -0.35), 0.45, 1);
        amplitude = factor * 10 * Math.exp(0.15 * random.nextGaussian());
        latency = 0.36 + 0.03 * random.nextGaussian();
    }

    /** Adds the response to a stimulus. */
    void add(float[][] samples, double onset, boolean target, Random random) {
        double size = amplitude * Math.exp(0.3 * random.nextGaussian());
        double at = latency + 0.03 * random.nextGaussian();
        bump(samples, early, 4, onset + 0.17, 0.025);
        bump(samples, late, target ? size : STANDARD * size, onset + at, 0.08);
    }

    private void bump(
            float[][] samples, double[] weights, double microvolt, double at, double width) {
        int from = (int) ((at - 4 * width) * rate);
        int to = Math.min(samples[0].length, (int) ((at + 4 * width) * rate));
        for (int t = Math.max(0, from); t < to; t++) {
            double d = (t / rate - at) / width;
            double value = microvolt * Math.exp(-d * d / 2);
            for (int c = 0; c < samples.length; c++) {
                samples[c][t] += (float) (weights[c] * value);
            }
        }
    }
}
