package org.lamina.kernels;

import java.util.Arrays;
import org.lamina.arrays.Views;
import org.lamina.onednn.RowOperations;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce3.Dot;
import org.nd4j.linalg.factory.Nd4j;

/** Multiplication by one number, {@code y = gain * x}, or by one for each example. */
final class GainKernel {

    private GainKernel() {}

    /**
     * Forward pass, which also gives the gradient of x from that of y.
     *
     * @param y receives the product; may be x
     */
    static void multiply(INDArray x, double gain, INDArray y) {
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
    static double gradient(INDArray x, INDArray dy) {
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

    /**
     * Multiplies each example by its factor. An example with factor 0 becomes 0, whatever its
     * values.
     *
     * @param factors {@code [N, 1, ...]}, or null to copy
     * @param y receives the product; contiguous in 'c' order
     */
    static void multiplyExamples(INDArray x, INDArray factors, INDArray y) {
        if (factors == null) {
            y.assign(x);
            return;
        }
        FeatureMaps.scale(asMaps(x), factors.reshape(x.size(0), 1), null, asMaps(y));
        for (int n = 0; n < x.size(0); n++) {
            if (factors.getDouble(n) == 0) {
                Views.at(y, n).assign(0);
            }
        }
    }

    /** Each example as one feature map. */
    private static INDArray asMaps(INDArray x) {
        return Nd4jOps.contiguous(x).reshape('c', x.size(0), 1, x.length() / x.size(0));
    }

    /** The array with one row per example. */
    private static RowOperations rows(INDArray x) {
        return new RowOperations(x.size(0), x.length() / x.size(0));
    }
}
