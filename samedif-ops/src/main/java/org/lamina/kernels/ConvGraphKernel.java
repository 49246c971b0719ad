package org.lamina.kernels;

import java.util.function.Function;
import org.lamina.arrays.ExampleSizes;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution of x, weight, bias and mask. Reflect, replicate and circular padding continue each
 * example of a padded minibatch where it ends: with a mask, the input is padded first and then
 * convolved without padding. Zero padding needs no mask, as masked positions are zeros.
 */
final class ConvGraphKernel implements GraphKernel {

    private static final int MASK = 3;

    /** A convolution with filters of some kind; optional arguments are null. */
    interface Convolution {

        void forward(INDArray x, INDArray w, INDArray b, INDArray y);

        void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw, INDArray db);
    }

    private final ConvGeometry geometry;
    private final long outChannels;
    private final Convolution whole;

    /** The convolution without padding; null for zero padding. */
    private final Convolution unpadded;

    ConvGraphKernel(
            ConvGeometry geometry, long outChannels, Function<ConvGeometry, Convolution> kernel) {
        this.geometry = geometry;
        this.outChannels = outChannels;
        this.whole = kernel.apply(geometry);
        this.unpadded =
                geometry.paddingMode() == PaddingMode.ZEROS
                        ? null
                        : kernel.apply(
                                geometry.withPadding(Padding.valid())
                                        .withPaddingMode(PaddingMode.ZEROS));
    }

    @Override
    public long[][] outputShapes(INDArray[] in) {
        return new long[][] {geometry.outputShape(in[0].shape(), outChannels)};
    }

    @Override
    public void forward(INDArray[] in, INDArray[] outputs) {
        ExampleSizes sizes = sizes(in);
        if (sizes == null) {
            whole.forward(in[0], in[1], in[2], outputs[0]);
        } else {
            unpadded.forward(padded(in[0], sizes), in[1], in[2], outputs[0]);
        }
    }

    @Override
    public void backward(INDArray[] in, INDArray[] kept, INDArray dy, INDArray[] gradients) {
        INDArray dx = gradients[0];
        INDArray dw = FunctionKernel.required(gradients, in, 1);
        ExampleSizes sizes = sizes(in);
        if (sizes == null) {
            whole.backward(in[0], in[1], dy, dx, dw, gradients[2]);
            return;
        }
        INDArray padded = padded(in[0], sizes);
        INDArray dPadded = dx == null ? null : Nd4jOps.scratch(dx.dataType(), padded.shape());
        unpadded.backward(padded, in[1], dy, dPadded, dw, gradients[2]);
        if (dx != null) {
            PaddingKernel.backward(
                    dPadded,
                    sizes,
                    geometry.padBefore(),
                    geometry.padAfter(),
                    geometry.paddingMode(),
                    dx);
        }
    }

    /** The examples' actual sizes; null if they make no difference. */
    private ExampleSizes sizes(INDArray[] in) {
        return unpadded == null ? null : ExampleSizes.of(in[MASK]);
    }

    private INDArray padded(INDArray x, ExampleSizes sizes) {
        return PaddingKernel.forward(
                x, sizes, geometry.padBefore(), geometry.padAfter(), geometry.paddingMode());
    }
}
