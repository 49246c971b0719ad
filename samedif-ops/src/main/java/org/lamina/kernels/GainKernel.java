package org.lamina.kernels;

import java.util.Arrays;
import org.lamina.onednn.RowOperations;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce3.Dot;
import org.nd4j.linalg.factory.Nd4j;

/** Multiplication by one number: {@code y = gain * x}. */
public final class GainKernel {

    private GainKernel() {}

    /**
     * Forward pass, which also gives the gradient of x from that of y.
     *
     * @param y receives the product; may be x
     */
    public static void multiply(INDArray x, double gain, INDArray y) {
        if (FeatureMaps.isDirect(x, y)) {
            float[] factors = new float[(int) x.size(0)];
            Arrays.fill(factors, (float) gain);
            if (rows(x).scaled(x, factors, null, y)) {
                return;
            }
        }
        x.muli(gain, y);
    }

    /** Gradient of the gain: the scalar product of x and the gradient of y. */
    public static double gradient(INDArray x, INDArray dy) {
        if (FeatureMaps.isDirect(x, dy)) {
            float[] dots = rows(x).dots(x, dy, Nd4jOps.scratch(x.dataType(), x.shape()));
            if (dots != null) {
                double sum = 0;
                for (float dot : dots) {
                    sum += dot;
                }
                return sum;
            }
        }
        return Nd4j.getExecutioner().exec(new Dot(x, dy)).getDouble(0);
    }

    /** The array with one row per example. */
    private static RowOperations rows(INDArray x) {
        return new RowOperations(x.size(0), x.length() / x.size(0));
    }
}
