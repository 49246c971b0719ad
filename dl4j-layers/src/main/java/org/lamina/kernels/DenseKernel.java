package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Fully connected layer: {@code y = x w + b} with {@code x [N, in]}, {@code w [in, out]}, {@code b
 * [out]}.
 */
public final class DenseKernel {

    private DenseKernel() {}

    /**
     * Forward pass.
     *
     * @param b bias or null
     * @param y receives the output {@code [N, out]}
     */
    public static void forward(INDArray x, INDArray w, INDArray b, INDArray y) {
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
    public static void backward(
            INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw, INDArray db) {
        if (db != null) {
            dy.sum(db, 0);
        }
        Nd4j.gemm(x, dy, dw, true, false, 1.0, 0.0);
        if (dx != null) {
            dy.mmuli(w.transpose(), dx);
        }
    }
}
