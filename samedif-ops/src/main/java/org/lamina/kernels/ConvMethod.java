package org.lamina.kernels;

import java.util.Arrays;
import org.lamina.spec.ConvGeometry;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One way to compute a convolution of arrays in 'c' order with two or three spatial dimensions,
 * without dilation.
 */
interface ConvMethod {

    /** Forward pass into y. */
    void forward(INDArray x, INDArray w, INDArray y);

    /** Backward pass into dx, which may be null, and dw. */
    void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw);

    /**
     * The fastest way for an input.
     *
     * @param op the convolution as one op over all channels
     * @param outChannels output channels of all groups
     */
    static ConvMethod of(Nd4jConv op, INDArray x, long outChannels) {
        ConvGeometry geometry = op.geometry();
        int groups = geometry.groups();
        if (groups == 1) {
            return op;
        }
        if (groups == x.size(1) && coversHeight(geometry, x)) {
            return new ColumnConv();
        }
        boolean byDepthwiseOp =
                groups == x.size(1) && GroupBundles.byDepthwiseOp(geometry, outChannels / groups);
        return byDepthwiseOp ? new DepthwiseConv(op) : new BundledConv(op, groups, x.size(1));
    }

    /** Whether each window covers one whole column of a channel. */
    static boolean coversHeight(ConvGeometry geometry, INDArray x) {
        int[] kernel = geometry.kernelSize();
        return kernel.length == 2
                && kernel[0] == x.size(2)
                && kernel[1] == 1
                && geometry.stride()[1] == 1
                && Arrays.stream(geometry.padBefore()).sum() == 0
                && Arrays.stream(geometry.padAfter()).sum() == 0;
    }
}
