package org.lamina.zoo.data.epochs;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.lamina.zoo.data.DataException;

/**
 * Euclidean alignment: {@code y = R^(-1/2) x}, where R is the mean of {@code x x^T / samples} over
 * the epochs of a person or session, so that the mean of {@code y y^T / samples} is the identity
 * for every person. Labels are not needed: as published, the epochs of a test person are aligned
 * with their own R.
 *
 * <p>As published, means over time are not removed, so signals must be high-pass filtered first.
 * Directions without signal (an average reference causes one) are mapped to 0.
 *
 * <p>Aligned signals have equal variance in all directions. If the sources that distinguish the
 * classes were strong before, they contribute less with the initial weights of a network, which
 * then needs more passes.
 *
 * <p>Source: He and Wu, IEEE TBME 67(2), 2020, https://arxiv.org/abs/1808.05464 (without the
 * division by the number of samples, a constant factor).
 */
public final class EuclideanAlignment {
    /** Eigenvalues below this fraction of the largest one count as 0. */
    private static final double RANK = 1e-9;

    private final int channels;
    private final int samples;
    private final double[][] sum;
    private long epochs;
    private double[][] whitening;

    /**
     * @param channels of an epoch
     * @param samples of an epoch
     */
    public EuclideanAlignment(int channels, int samples) {
        this.channels = channels;
        this.samples = samples;
        this.sum = new double[channels][channels];
    }

    /**
     * Adds an epoch to the mean R.
     *
     * @param epoch samples, one channel after the other; not changed
     */
    public void add(float[] epoch) {
        for (int a = 0; a < channels; a++) {
            for (int b = 0; b <= a; b++) {
                double product = 0;
                for (int t = 0; t < samples; t++) {
                    product += (double) epoch[a * samples + t] * epoch[b * samples + t];
                }
                sum[a][b] += product;
                sum[b][a] = sum[a][b];
            }
        }
        epochs++;
        whitening = null;
    }

    /**
     * Aligns an epoch in place with the mean over all epochs added.
     *
     * @param epoch samples, one channel after the other
     * @throws DataException if no epoch was added, or one has samples that are not finite
     */
    public void align(float[] epoch) {
        if (whitening == null) {
            whitening = whitening();
        }
        double[] column = new double[channels];
        for (int t = 0; t < samples; t++) {
            for (int c = 0; c < channels; c++) {
                column[c] = epoch[c * samples + t];
            }
            for (int c = 0; c < channels; c++) {
                double value = 0;
                for (int k = 0; k < channels; k++) {
                    value += whitening[c][k] * column[k];
                }
                epoch[c * samples + t] = (float) value;
            }
        }
    }

    private double[][] whitening() {
        if (epochs == 0) {
            throw new DataException("Euclidean alignment: no epoch");
        }
        RealMatrix mean =
                new Array2DRowRealMatrix(sum).scalarMultiply(1.0 / ((double) epochs * samples));
        for (int c = 0; c < channels; c++) {
            if (!Double.isFinite(mean.getEntry(c, c))) {
                throw new DataException(
                        "Euclidean alignment: channel %s has samples that are not finite", c);
            }
        }
        EigenDecomposition eigen = new EigenDecomposition(mean);
        double[] values = eigen.getRealEigenvalues();
        double least = RANK * values[0];
        RealMatrix scaled = eigen.getV();
        for (int k = 0; k < channels; k++) {
            double factor = values[k] > least ? 1 / Math.sqrt(values[k]) : 0;
            scaled.setColumnVector(k, scaled.getColumnVector(k).mapMultiply(factor));
        }
        return scaled.multiply(eigen.getVT()).getData();
    }
}
