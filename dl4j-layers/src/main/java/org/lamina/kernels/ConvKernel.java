package org.lamina.kernels;

import java.io.Serializable;
import java.util.Arrays;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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
 * <p>The work is done by libnd4j's convolutions, which take oneDNN where the backend has it. Which
 * op depends on the geometry (figures: CPU milliseconds on one thread, oneDNN, float, forward /
 * backward):
 *
 * <ul>
 *   <li>A depthwise kernel as high as the input and one wide, as in EEGNet's spatial filters, is a
 *       batched matrix product: (22, 1) on 64x8x22x256 with multiplier 2 takes 4 / 7, {@code
 *       depthwise_conv2d} 73 / 200.
 *   <li>{@code depthwise_conv2d} is fast for multiplier 1 only; a greater multiplier repeats the
 *       input's channels.
 *   <li>Few channels in groups are one convolution with a block-diagonal weight; many are one
 *       convolution a group.
 * </ul>
 */
public final class ConvKernel implements Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * From here on oneDNN leaves its fast code for padded input: (1, 64) on 64x1x22x256 to 8
     * channels takes 30 ms forward, on input padded before 10.
     */
    private static final int WIDE_PADDING = 16;

    /** As given. */
    private final ConvGeometry geometry;

    /**
     * Two or three dimensions, without dilation: what the ops can do. Dilation becomes zeros
     * between the kernel's taps: ND4J 1.0.0-M2.1 gives oneDNN a wrong dilation, and every dilated
     * float convolution fails.
     */
    private final ConvGeometry lifted;

    /** Dilation of the lifted geometry's dimensions. */
    private final int[] dilation;

    private final boolean padsItself;
    private final OpConv op;

    /** A kernel for this geometry. */
    public ConvKernel(ConvGeometry geometry) {
        this.geometry = geometry;
        this.dilation = geometry.lifted().dilation();
        this.lifted = geometry.lifted().undilated();
        // libnd4j pads zeros: symmetrically, or by its own 'same' rule, which is PyTorch's at
        // stride 1.
        boolean opCanPad =
                geometry.paddingMode() == PaddingMode.ZEROS
                        && (geometry.padding().kind() == Padding.Kind.SAME
                                || Arrays.equals(lifted.padBefore(), lifted.padAfter()));
        this.padsItself =
                opCanPad && Arrays.stream(lifted.padAfter()).allMatch(pad -> pad < WIDE_PADDING);
        this.op = new OpConv(lifted, padsItself);
    }

    /** Shape of the output for this shape of the input and this number of output channels. */
    public long[] outputShape(long[] x, long outChannels) {
        return geometry.outputShape(x, outChannels);
    }

    /**
     * Forward pass.
     *
     * @param x input
     * @param w weight
     * @param b bias or null
     * @param y receives the output; 'c' order without gaps
     */
    public void forward(INDArray x, INDArray w, INDArray b, INDArray y) {
        INDArray input = padded(lifted(x));
        ConvMethod.of(op, input).forward(input, widened(lifted(w)), lifted(y));
        if (b != null) {
            Ops.byChannel(y).addi(Ops.channels(b));
        }
    }

    /**
     * Backward pass.
     *
     * @param x input of the forward pass
     * @param w weight of the forward pass
     * @param dy gradient of the output
     * @param dx receives the gradient of the input, 'c' order without gaps; null if nobody needs it
     * @param dw receives the gradient of the weight
     * @param db receives the gradient of the bias, or null
     */
    public void backward(
            INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw, INDArray db) {
        if (db != null) {
            dy.sum(db, Ops.allButChannels(dy.rank()));
        }
        INDArray input = padded(lifted(x));
        INDArray weight = widened(lifted(w));
        INDArray dInput = null;
        if (dx != null) {
            dInput = padsItself ? lifted(dx) : Ops.scratch(input.dataType(), input.shape());
        }
        boolean direct = !isDilated() && Ops.isContiguous(dw);
        INDArray dWeight = direct ? lifted(dw) : Ops.scratch(dw.dataType(), weight.shape());
        ConvMethod.of(op, input).backward(input, weight, lifted(dy), dInput, dWeight);
        if (!direct) {
            dw.assign(taps(dWeight).reshape('c', dw.shape()));
        }
        if (dx != null && !padsItself) {
            PaddingKernel.backward(dInput, lifted.padBefore(), lifted.paddingMode(), lifted(dx));
        }
    }

    private INDArray padded(INDArray x) {
        return padsItself
                ? x
                : PaddingKernel.forward(
                        x, lifted.padBefore(), lifted.padAfter(), lifted.paddingMode());
    }

    /** With a height of 1 if there is one dimension, in 'c' order. */
    private static INDArray lifted(INDArray array) {
        INDArray c = Ops.contiguous(array);
        return c.rank() == 3 ? c.reshape('c', c.size(0), c.size(1), 1, c.size(2)) : c;
    }

    private boolean isDilated() {
        return Arrays.stream(dilation).anyMatch(d -> d != 1);
    }

    /** The weight with zeros between its taps. */
    private INDArray widened(INDArray w) {
        if (!isDilated()) {
            return w;
        }
        long[] shape = w.shape().clone();
        for (int d = 0; d < dilation.length; d++) {
            shape[2 + d] = lifted.kernel()[d];
        }
        INDArray wide = Ops.scratch(w.dataType(), shape).assign(0);
        taps(wide).assign(w);
        return wide;
    }

    /** The taps among the zeros, as a view. */
    private INDArray taps(INDArray wide) {
        long[] shape = wide.shape().clone();
        long[] stride = wide.stride().clone();
        for (int d = 0; d < dilation.length; d++) {
            shape[2 + d] = (shape[2 + d] - 1) / dilation[d] + 1;
            stride[2 + d] *= dilation[d];
        }
        return Nd4j.create(wide.data(), shape, stride, wide.offset(), 'c');
    }
}
