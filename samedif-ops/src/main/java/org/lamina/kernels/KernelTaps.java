package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Spreads a kernel's taps among zeros, to emulate dilation. ND4J 1.0.0-M2.1 passes a wrong dilation
 * to oneDNN, so every dilated float convolution fails.
 */
final class KernelTaps {

    private KernelTaps() {}

    /**
     * A weight whose taps are {@code dilation} apart, with zeros elsewhere.
     *
     * @param w {@code [.., .., k...]}
     * @param dilation for each spatial dimension
     * @param kernel size of the wide kernel, {@code dilation * (k - 1) + 1} or more
     */
    static INDArray spread(INDArray w, int[] dilation, int[] kernel) {
        long[] shape = w.shape().clone();
        for (int d = 0; d < kernel.length; d++) {
            shape[2 + d] = kernel[d];
        }
        INDArray wide = Nd4jOps.scratch(w.dataType(), shape).assign(0);
        of(wide, dilation, w.shape()).assign(w);
        return wide;
    }

    /**
     * The taps of a wide weight, as a view.
     *
     * @param shape shape of the weight without the zeros
     */
    static INDArray of(INDArray wide, int[] dilation, long[] shape) {
        long[] stride = wide.stride().clone();
        for (int d = 0; d < dilation.length; d++) {
            stride[2 + d] *= dilation[d];
        }
        return Nd4j.create(wide.data(), shape, stride, wide.offset(), 'c');
    }
}
