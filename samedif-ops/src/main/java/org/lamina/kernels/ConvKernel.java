package org.lamina.kernels;

import java.util.Arrays;
import org.lamina.onednn.Convolution;
import org.lamina.onednn.OneDnn;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolution (cross-correlation) in 1, 2 and 3 dimensions with groups:
 *
 * <pre>
 * y[n, o, p] = b[o] + sum over c, k of w[o, c, k] * x[n, group(o) * C/groups + c, p * stride + k * dilation - pad]
 * </pre>
 *
 * <p>Shapes: {@code x [N, C, spatial...]}, {@code w [O, C / groups, kernel...]}, {@code b [O]},
 * {@code y [N, O, spatial...]}.
 *
 * <p>Computed by libnd4j's convolutions, which use oneDNN where the backend has it. The op depends
 * on the geometry (figures: CPU milliseconds on one thread, oneDNN, float, forward / backward):
 *
 * <ul>
 *   <li>A depthwise kernel of the input's height and width 1, as in EEGNet's spatial filters, is a
 *       batched matrix product: (22, 1) on 64x8x22x256 with multiplier 2 takes 4 / 7, {@code
 *       depthwise_conv2d} 73 / 200.
 *   <li>Other depthwise kernels in one or two dimensions are {@code depthwise_conv2d}, called once
 *       per filter of a channel: its own depth multiplier is slow.
 *   <li>Groups are bundled into medium-sized convolutions with block-diagonal weights, see {@link
 *       org.lamina.kernels.GroupBundles}.
 * </ul>
 */
final class ConvKernel implements ConvGraphKernel.Convolution {

    /** The geometry as given. */
    private final ConvGeometry geometry;

    /**
     * The geometry in two or three dimensions without dilation, as the ops require. Dilation
     * becomes zeros between the kernel's taps: see {@link KernelTaps}.
     */
    private final ConvGeometry lifted;

    /** Dilation of the lifted geometry's dimensions. */
    private final int[] dilation;

    private final boolean padsItself;
    private final Nd4jConv op;
    private final OneDnnConv direct;

    ConvKernel(ConvGeometry geometry) {
        this.geometry = geometry;
        this.dilation = geometry.lifted().dilation();
        this.lifted = geometry.lifted().undilated();
        // libnd4j pads zeros symmetrically or by its own 'same' rule, which is PyTorch's at
        // stride 1.
        boolean opCanPad =
                geometry.paddingMode() == PaddingMode.ZEROS
                        && !DepthPadding.failsInOp(lifted)
                        && (geometry.padding().kind() == Padding.Kind.SAME
                                || Arrays.equals(lifted.padBefore(), lifted.padAfter()));
        this.padsItself =
                opCanPad
                        && Arrays.stream(lifted.padAfter())
                                .allMatch(pad -> pad < Convolution.WIDE_PADDING);
        this.op = new Nd4jConv(lifted, padsItself);
        this.direct = new OneDnnConv(geometry);
    }

    /** Shape of the output for this shape of the input and this number of output channels. */
    long[] outputShape(long[] x, long outChannels) {
        return geometry.outputShape(x, outChannels);
    }

    /**
     * Forward pass.
     *
     * @param x input
     * @param w weight
     * @param b bias or null
     * @param y receives the output; contiguous in 'c' order
     */
    @Override
    public void forward(INDArray x, INDArray w, INDArray b, INDArray y) {
        if (OneDnn.serves(x) && direct.forward(x, w, b, y)) {
            return;
        }
        INDArray input = padded(Nd4jOps.lifted(x));
        ConvMethod.of(op, input, w.size(0))
                .forward(input, widened(Nd4jOps.lifted(w)), Nd4jOps.lifted(y));
        if (b != null) {
            FeatureMaps.addToChannels(y, b);
        }
    }

    /**
     * Backward pass.
     *
     * @param x input of the forward pass
     * @param w weight of the forward pass
     * @param dy gradient of the output
     * @param dx receives the gradient of the input, contiguous in 'c' order; null if not needed
     * @param dw receives the gradient of the weight
     * @param db receives the gradient of the bias, or null
     */
    @Override
    public void backward(
            INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw, INDArray db) {
        if (OneDnn.serves(x) && direct.backward(x, w, dy, dx, dw, db)) {
            return;
        }
        if (db != null) {
            DenseKernel.sumRows(FeatureMaps.sum(dy), db);
        }
        INDArray input = padded(Nd4jOps.lifted(x));
        INDArray weight = widened(Nd4jOps.lifted(w));
        INDArray dInput = null;
        if (dx != null) {
            dInput =
                    padsItself
                            ? Nd4jOps.lifted(dx)
                            : Nd4jOps.scratch(input.dataType(), input.shape());
        }
        boolean direct = !isDilated() && Nd4jOps.isContiguous(dw);
        INDArray dWeight =
                direct ? Nd4jOps.lifted(dw) : Nd4jOps.scratch(dw.dataType(), weight.shape());
        ConvMethod.of(op, input, w.size(0))
                .backward(input, weight, Nd4jOps.lifted(dy), dInput, dWeight);
        if (!direct) {
            INDArray taps = KernelTaps.of(dWeight, dilation, Nd4jOps.lifted(w).shape());
            dw.assign(taps.reshape('c', dw.shape()));
        }
        if (dx != null && !padsItself) {
            PaddingKernel.backward(
                    dInput, lifted.padBefore(), lifted.paddingMode(), Nd4jOps.lifted(dx));
        }
    }

    private INDArray padded(INDArray x) {
        return padsItself
                ? x
                : PaddingKernel.forward(
                        x, lifted.padBefore(), lifted.padAfter(), lifted.paddingMode());
    }

    private boolean isDilated() {
        return Arrays.stream(dilation).anyMatch(d -> d != 1);
    }

    /** The weight with zeros between its taps. */
    private INDArray widened(INDArray w) {
        return isDilated() ? KernelTaps.spread(w, dilation, lifted.kernelSize()) : w;
    }
}
