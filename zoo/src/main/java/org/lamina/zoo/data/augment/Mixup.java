package org.lamina.zoo.data.augment;

import java.util.random.RandomGenerator;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.random.JDKRandomGenerator;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.iterator.InMemoryIterator;

/**
 * Mixes each example with another one of the batch, and likewise the labels: {@code lam x[n] + (1 -
 * lam) x[m]}, where m is a random permutation of the batch and lam is distributed as Beta(alpha,
 * alpha). With cross-entropy a mixed label is the mixed loss that braindecode's training uses.
 *
 * <p>Source: Zhang et al., https://arxiv.org/abs/1710.09412. braindecode has no default of alpha;
 * the authors' program, <a
 * href="https://github.com/facebookresearch/mixup-cifar10">mixup-cifar10</a>, has 1, and their
 * networks for ImageNet were trained best with 0.1 to 0.4.
 *
 * @param alpha of the distribution; 0 changes nothing
 * @param betaPerSample whether lam is drawn for each example instead of each batch
 */
public record Mixup(double alpha, boolean betaPerSample) implements Augmentation {
    /** Checks the arguments. */
    public Mixup {
        Arguments.notNegative("alpha", alpha);
    }

    /**
     * @return 1: a batch is mixed as a whole
     */
    @Override
    public double probability() {
        return 1;
    }

    /**
     * @return the example: mixed with itself
     */
    @Override
    public double[][] transform(double[][] x, RandomGenerator random) {
        return x;
    }

    @Override
    public void apply(double[][][] examples, double[][] labels, RandomGenerator random) {
        int count = examples.length;
        double[] lam = new double[count];
        for (int n = 0; n < count; n++) {
            lam[n] = n > 0 && !betaPerSample ? lam[0] : draw(random);
        }
        mix(examples, labels, lam, InMemoryIterator.permutation(count, random));
    }

    private double draw(RandomGenerator random) {
        if (alpha == 0) {
            return 1;
        }
        JDKRandomGenerator generator = new JDKRandomGenerator();
        generator.setSeed(random.nextLong());
        return new BetaDistribution(generator, alpha, alpha).sample();
    }

    static void mix(double[][][] examples, double[][] labels, double[] lam, int[] others) {
        double[][][] unmixed = examples.clone();
        double[][] unmixedLabels = labels.clone();
        for (int n = 0; n < examples.length; n++) {
            double[][] other = unmixed[others[n]];
            examples[n] = new double[other.length][];
            for (int c = 0; c < other.length; c++) {
                examples[n][c] = mixed(unmixed[n][c], other[c], lam[n]);
            }
            labels[n] = mixed(unmixedLabels[n], unmixedLabels[others[n]], lam[n]);
        }
    }

    private static double[] mixed(double[] a, double[] b, double lam) {
        if (a.length != b.length) {
            throw new DataException(
                    "Mixup: examples of %d and %d samples; they must be equally long",
                    a.length, b.length);
        }
        double[] mixed = new double[a.length];
        for (int t = 0; t < mixed.length; t++) {
            mixed[t] = lam * a[t] + (1 - lam) * b[t];
        }
        return mixed;
    }
}
