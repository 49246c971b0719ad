package org.lamina.kernels;

import org.lamina.spec.ConvGeometry;
import org.nd4j.linalg.api.ndarray.INDArray;

/** libnd4j's transposed convolution over all channels: {@code deconv2d} or {@code deconv3d}. */
final class Nd4jConvTranspose implements ConvMethod {

    /** Weights as [C, O, k...]. */
    private static final int IN_OUT_KERNEL = 1;

    private final boolean volume;
    private final int[] arguments;

    /**
     * Creates the method.
     *
     * @param geometry of the convolution whose input gradient this is: two or three dimensions, no
     *     dilation, explicit zero padding
     */
    Nd4jConvTranspose(ConvGeometry geometry) {
        this.volume = geometry.rank() == 3;
        this.arguments = new Nd4jConv(geometry, true).arguments(IN_OUT_KERNEL);
    }

    @Override
    public void forward(INDArray x, INDArray w, INDArray y) {
        Nd4jOps.exec(
                volume ? "deconv3d" : "deconv2d",
                new INDArray[] {x, w},
                new INDArray[] {y},
                arguments);
    }

    @Override
    public void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
        INDArray dInput = dx == null ? Nd4jOps.scratch(x.dataType(), x.shape()) : dx;
        Nd4jOps.exec(
                volume ? "deconv3d_bp" : "deconv2d_bp",
                new INDArray[] {x, w, dy},
                new INDArray[] {dInput, dw},
                arguments);
    }
}
