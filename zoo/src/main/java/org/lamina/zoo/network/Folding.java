package org.lamina.zoo.network;

import java.util.Map;
import org.lamina.kernels.WeightStandardizationKernel;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.WeightStandardization;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What layers do in evaluation, as plain weights, factors and summands in double precision. */
public final class Folding {
    private Folding() {}

    /**
     * Standardized weights.
     *
     * @param gain of each unit; null for none
     * @param units number of units, whose weights are one after the other
     */
    public static INDArray standardized(
            INDArray weight, INDArray gain, WeightStandardization formula, long units) {
        INDArray wide = weight.castTo(DataType.DOUBLE).dup('c');
        INDArray rows = wide.reshape('c', units, wide.length() / units);
        INDArray factors = gain == null ? null : gain.castTo(DataType.DOUBLE).dup('c');
        new WeightStandardizationKernel(formula).forward(rows, factors, rows);
        return rows.reshape('c', weight.shape());
    }

    /**
     * A factor and a summand for each channel.
     *
     * @param scale factors
     * @param shift summands
     */
    public record Linear(INDArray scale, INDArray shift) {}

    /** Batch normalization with the statistics and parameters of a {@link BatchNormSpec} layer. */
    public static Linear batchNorm(Map<String, INDArray> params, double eps) {
        return batchNorm(
                params.get(BatchNormSpec.GAMMA),
                params.get(BatchNormSpec.BETA),
                params.get(BatchNormSpec.MEAN),
                params.get(BatchNormSpec.VARIANCE),
                eps);
    }

    /** Batch normalization with given statistics. */
    public static Linear batchNorm(
            INDArray gamma, INDArray beta, INDArray mean, INDArray variance, double eps) {
        INDArray scale = Nd4j.create(DataType.DOUBLE, gamma.length());
        INDArray shift = Nd4j.create(DataType.DOUBLE, gamma.length());
        for (long c = 0; c < gamma.length(); c++) {
            double spread = variance.getDouble(c) + eps;
            // Where nothing varies there is nothing to divide by.
            double factor = spread == 0 ? 0 : gamma.getDouble(c) / Math.sqrt(spread);
            scale.putScalar(c, factor);
            shift.putScalar(c, beta.getDouble(c) - factor * mean.getDouble(c));
        }
        return new Linear(scale, shift);
    }
}
