package org.lamina.zoo.data.augment;

import java.util.random.RandomGenerator;

/**
 * Shifts all channels in time by the same number of samples, in either direction; circularly, as in
 * TorchEEG's <a
 * href="https://torcheeg.readthedocs.io/en/latest/generated/torcheeg.transforms.RandomShift.html">
 * {@code RandomShift}</a> (which shifts to later times only). braindecode has no such transform of
 * its own; its {@code BandRotation} shifts one of two bands like this.
 *
 * @param probability of changing an example
 * @param maxShift largest shift in samples, drawn uniformly from {@code -maxShift} to {@code
 *     maxShift}
 */
public record TimeShift(double probability, int maxShift) implements Augmentation {
    /** Checks the arguments. */
    public TimeShift {
        Arguments.share("probability", probability);
        Arguments.check(maxShift > 0, "max_shift", maxShift, "1 or more");
    }

    @Override
    public double[][] transform(double[][] x, RandomGenerator random) {
        return shift(x, random.nextInt(-maxShift, maxShift + 1));
    }

    static double[][] shift(double[][] x, int later) {
        double[][] shifted = new double[x.length][];
        for (int c = 0; c < x.length; c++) {
            int samples = x[c].length;
            shifted[c] = new double[samples];
            int start = Math.floorMod(later, samples);
            System.arraycopy(x[c], 0, shifted[c], start, samples - start);
            System.arraycopy(x[c], samples - start, shifted[c], 0, start);
        }
        return shifted;
    }
}
