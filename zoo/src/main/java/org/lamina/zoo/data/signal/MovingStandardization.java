package org.lamina.zoo.data.signal;

import java.io.Serializable;
import org.lamina.zoo.data.DataException;

/**
 * Exponential moving standardization of a continuous channel, as braindecode's <a
 * href="https://braindecode.org/stable/generated/braindecode.preprocessing.exponential_moving_standardize.html">
 * {@code exponential_moving_standardize}</a>: {@code y[t] = (x[t] - m[t]) / max(sqrt(v[t]), eps)},
 * where m[t] is the mean of the samples up to x[t] and v[t] that of their {@code (x - m)^2}, a
 * sample that is s samples old weighted by {@code (1 - factorNew)^s}. The first {@code
 * initBlockSize} samples are standardized by their common mean and standard deviation instead.
 *
 * @param factorNew limit of the weight of the newest sample, above 0 and at most 1
 * @param initBlockSize length of the initial block; 0 for none
 * @param eps least divisor, above 0
 */
public record MovingStandardization(double factorNew, int initBlockSize, double eps)
        implements Serializable {
    /** braindecode's: 0.001 and 0.0001; the block of 1000 samples is that of its examples. */
    public static final MovingStandardization DEFAULT = new MovingStandardization(1e-3, 1000, 1e-4);

    /** Checks the values. */
    public MovingStandardization {
        if (!(factorNew > 0 && factorNew <= 1)) {
            throw new DataException(
                    "Moving standardization: factorNew %s must be in (0, 1]", factorNew);
        }
        if (initBlockSize < 0) {
            throw new DataException(
                    "Moving standardization: initBlockSize %s must be 0 or more", initBlockSize);
        }
        if (!(eps > 0) || Double.isInfinite(eps)) {
            throw new DataException("Moving standardization: eps %s must be above 0", eps);
        }
    }

    /**
     * @param x samples of a channel
     * @return the standardized samples
     */
    public float[] apply(float[] x) {
        float[] y = new float[x.length];
        double keep = 1 - factorNew;
        double weights = 0;
        double sum = 0;
        double squares = 0;
        for (int t = 0; t < x.length; t++) {
            weights = 1 + keep * weights;
            sum = x[t] + keep * sum;
            double difference = x[t] - sum / weights;
            squares = difference * difference + keep * squares;
            y[t] = (float) (difference / Math.max(Math.sqrt(squares / weights), eps));
        }
        standardizeFirst(x, y, Math.min(initBlockSize, x.length));
        return y;
    }

    private void standardizeFirst(float[] x, float[] y, int count) {
        double mean = 0;
        for (int t = 0; t < count; t++) {
            mean += x[t];
        }
        mean /= count;
        double squares = 0;
        for (int t = 0; t < count; t++) {
            squares += (x[t] - mean) * (x[t] - mean);
        }
        double deviation = Math.max(Math.sqrt(squares / count), eps);
        for (int t = 0; t < count; t++) {
            y[t] = (float) ((x[t] - mean) / deviation);
        }
    }
}
