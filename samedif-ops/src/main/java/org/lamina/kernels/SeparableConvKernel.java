package org.lamina.kernels;

import org.lamina.onednn.OneDnn;
import org.lamina.onednn.SeparableConvolution;
import org.lamina.onednn.SeparableConvolution.Weights;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.PaddingMode;
import org.lamina.spec.SeparableConvSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A depthwise convolution followed by a pointwise one. The depthwise output is not kept: the
 * backward pass computes it again, a fifth of its work at most.
 */
final class SeparableConvKernel {

    private final ConvKernel depthwise;
    private final ConvKernel pointwise;
    private final ExplicitPadding padding;
    private final SeparableConvolution together;

    SeparableConvKernel(SeparableConvSpec spec) {
        ConvGeometry deep = spec.depthwise().asConv().geometry();
        ConvGeometry point = spec.pointwise().geometry();
        this.depthwise = new ConvKernel(deep);
        this.pointwise = new ConvKernel(point);
        this.padding = new ExplicitPadding(deep, true);
        this.together =
                new SeparableConvolution(
                        padding.convolution(), new ExplicitPadding(point, false).convolution());
    }

    /**
     * Whether the two convolutions are better computed together: several filters for a channel are
     * faster one after the other, and padding other than zeros depends on the mask.
     */
    static boolean pays(SeparableConvSpec spec) {
        return spec.depthwise().outChannels() == spec.inChannels()
                && spec.depthwise().geometry().paddingMode() == PaddingMode.ZEROS;
    }

    /**
     * Forward pass.
     *
     * @param x input
     * @param y receives the output; contiguous in 'c' order
     */
    void forward(INDArray x, Weights w, INDArray y) {
        if (OneDnn.serves(x) && together.forward(padding.padded(x), w, y)) {
            return;
        }
        pointwise.forward(deep(x, w), w.pointwise(), w.pointwiseBias(), y);
    }

    /**
     * Backward pass.
     *
     * @param x input of the forward pass
     * @param dy gradient of the output
     * @param dx receives the gradient of the input, contiguous in 'c' order; null if not needed
     * @param gradients receive those of the parameters
     */
    void backward(INDArray x, Weights w, INDArray dy, INDArray dx, Weights gradients) {
        if (OneDnn.serves(x)) {
            INDArray padded = padding.padded(x);
            INDArray dPadded = padding.gradient(padded, dx);
            if (together.backward(padded, w, dy, dPadded, gradients)) {
                padding.backward(dPadded, dx);
                return;
            }
        }
        INDArray deep = deep(x, w);
        INDArray dDeep = Nd4jOps.scratch(x.dataType(), deep.shape());
        pointwise.backward(
                deep, w.pointwise(), dy, dDeep, gradients.pointwise(), gradients.pointwiseBias());
        depthwise.backward(
                x, w.depthwise(), dDeep, dx, gradients.depthwise(), gradients.depthwiseBias());
    }

    private INDArray deep(INDArray x, Weights w) {
        INDArray deep =
                Nd4jOps.scratch(
                        x.dataType(), depthwise.outputShape(x.shape(), w.depthwise().size(0)));
        depthwise.forward(x, w.depthwise(), w.depthwiseBias(), deep);
        return deep;
    }
}
