package org.lamina.kernels;

import org.lamina.onednn.AveragePooling;
import org.lamina.onednn.OneDnn;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Average pooling of {@code [N, C, H, W]} without padding, by {@link AveragePooling oneDNN}. */
public final class AveragePoolingKernel {

    private final AveragePooling pooling;

    /** Window size and stride, as height and width. */
    public AveragePoolingKernel(int[] kernel, int[] stride) {
        this.pooling = new AveragePooling(kernel, stride);
    }

    /** Whether this kernel supports a layer's input and data type. */
    public static boolean serves(INDArray x, DataType type) {
        return x.rank() == 4 && x.dataType() == type && OneDnn.serves(x);
    }

    /** Shape of the output for this shape of the input. */
    public long[] outputShape(long[] x) {
        return pooling.outputShape(x);
    }

    /**
     * Forward pass.
     *
     * @param y receives the output; contiguous in 'c' order
     * @return false if oneDNN cannot do it
     */
    public boolean forward(INDArray x, INDArray y) {
        return pooling.forward(Nd4jOps.contiguous(x), y);
    }

    /**
     * Backward pass.
     *
     * @param dx receives the gradient of the input; contiguous in 'c' order
     * @return false if oneDNN cannot do it
     */
    public boolean backward(INDArray dy, INDArray dx) {
        return pooling.backward(Nd4jOps.contiguous(dy), dx);
    }
}
