package org.lamina.kernels;

import java.io.Serializable;
import java.util.Arrays;
import org.lamina.spec.ConvGeometry;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One way to compute a convolution of arrays in 'c' order with two or three spatial dimensions,
 * without dilation.
 */
interface ConvMethod extends Serializable {

    /**
     * Up to this many input channels, zeros in a block-diagonal weight cost less than one call per
     * group.
     */
    int BLOCK_DIAGONAL_CHANNELS = 32;

    /** Forward pass into y. */
    void forward(INDArray x, INDArray w, INDArray y);

    /** Backward pass into dx, which may be null, and dw. */
    void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw);

    /**
     * The fastest way for an input.
     *
     * @param op the convolution as one op over all channels
     */
    static ConvMethod of(OpConv op, INDArray x) {
        ConvGeometry geometry = op.geometry();
        int groups = geometry.groups();
        if (groups == 1) {
            return op;
        }
        if (groups == x.size(1) && geometry.rank() == 2) {
            return coversHeight(geometry, x) ? new ColumnConv() : new DepthwiseConv(op);
        }
        return x.size(1) <= BLOCK_DIAGONAL_CHANNELS
                ? new BlockDiagonalConv(op, groups)
                : new GroupwiseConv(op, groups);
    }

    /** Whether each output is one whole column of a channel. */
    private static boolean coversHeight(ConvGeometry geometry, INDArray x) {
        int[] kernel = geometry.kernel();
        return kernel[0] == x.size(2)
                && kernel[1] == 1
                && geometry.stride()[1] == 1
                && Arrays.stream(geometry.padBefore()).sum() == 0
                && Arrays.stream(geometry.padAfter()).sum() == 0;
    }
}
