package org.lamina.kernels;

import org.lamina.onednn.MatrixProduct;
import org.lamina.onednn.OneDnn;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Fully connected layer: {@code y = x w + b} with {@code x [N, in]}, {@code w [in, out]}, {@code b
 * [out]}.
 */
final class DenseKernel {

    private DenseKernel() {}

    /**
     * Forward pass.
     *
     * @param b bias or null
     * @param y receives the output {@code [N, out]}
     */
    static void forward(INDArray x, INDArray w, INDArray b, INDArray y) {
        if (OneDnn.serves(x)
                && (b == null || Nd4jOps.isContiguous(b))
                && MatrixProduct.multiply(x, false, w, false, b, y)) {
            return;
        }
        x.mmuli(w, y);
        if (b != null) {
            y.addiRowVector(b);
        }
    }

    /**
     * Backward pass.
     *
     * @param dy gradient of the output
     * @param dx receives the gradient of the input, or null
     * @param dw receives the gradient of the weight
     * @param db receives the gradient of the bias, or null
     */
    static void backward(
            INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw, INDArray db) {
        if (db != null) {
            sumRows(dy, db);
        }
        if (OneDnn.serves(x)
                && MatrixProduct.multiply(x, true, dy, false, null, dw)
                && (dx == null || MatrixProduct.multiply(dy, false, w, true, null, dx))) {
            return;
        }
        Nd4j.gemm(x, dy, dw, true, false, 1.0, 0.0);
        if (dx != null) {
            dy.mmuli(w.transpose(), dx);
        }
    }

    /** Sum of all rows of a matrix. */
    static void sumRows(INDArray matrix, INDArray sum) {
        if (!OneDnn.serves(matrix) || !Nd4jOps.isContiguous(matrix) || !Nd4jOps.isContiguous(sum)) {
            matrix.sum(sum, 0);
            return;
        }
        float[] values = OneDnn.values(matrix);
        double[] sums = new double[(int) matrix.size(1)];
        for (int i = 0; i < values.length; i++) {
            sums[i % sums.length] += values[i];
        }
        float[] rounded = new float[sums.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) sums[i];
        }
        OneDnn.assign(sum, rounded);
    }
}
