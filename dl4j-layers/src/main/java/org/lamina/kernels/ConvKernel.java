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
 * <p>Shapes: {@code x [N, C, spatial...]}, {@code w [O, C / groups, kernel...]}, {@code b [O]}, {@code y [N, O,
 * spatial...]}.
 *
 * <p>The work is done by libnd4j's convolutions, which take oneDNN where the backend has it. Which op depends on the
 * geometry (figures: CPU milliseconds on one thread, oneDNN, float, forward / backward):
 *
 * <ul>
 *   <li>A depthwise kernel as high as the input and one wide, as in EEGNet's spatial filters, is a batched matrix
 *       product: (22, 1) on 64x8x22x256 with multiplier 2 takes 4 / 7, {@code depthwise_conv2d} 73 / 200.
 *   <li>{@code depthwise_conv2d} is fast for multiplier 1 only; a greater multiplier repeats the input's channels.
 *   <li>Few channels in groups are one convolution with a block-diagonal weight; many are one convolution a group.
 * </ul>
 */
public final class ConvKernel implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Up to this many input channels, zeros in a block-diagonal weight cost less than one call per group. */
    private static final int BLOCK_DIAGONAL_CHANNELS = 32;

    /** Without dilation. */
    private final ConvGeometry geometry;

    private final int[] dilation;
    private final int rank;
    private final boolean padsItself;

    /** A kernel for this geometry. */
    public ConvKernel(ConvGeometry geometry) {
        this.geometry = undilated(geometry);
        this.dilation = geometry.dilation();
        this.rank = geometry.rank();
        // libnd4j pads zeros: symmetrically, or by its own 'same' rule, which is PyTorch's at stride 1.
        this.padsItself =
                geometry.paddingMode() == PaddingMode.ZEROS
                        && (geometry.padding().kind() == Padding.Kind.SAME
                                || Arrays.equals(geometry.padBefore(), geometry.padAfter()));
    }

    /**
     * The same convolution with a kernel that has zeros between its taps. ND4J 1.0.0-M2.1 gives oneDNN a wrong
     * dilation: every dilated float convolution fails there.
     */
    private static ConvGeometry undilated(ConvGeometry dilated) {
        int[] kernel = dilated.kernel();
        for (int d = 0; d < kernel.length; d++) {
            kernel[d] = dilated.dilation()[d] * (kernel[d] - 1) + 1;
        }
        return ConvGeometry.ofKernel(kernel)
                .withStride(dilated.stride())
                .withPadding(dilated.padding())
                .withPaddingMode(dilated.paddingMode())
                .withGroups(dilated.groups());
    }

    private boolean isDilated() {
        return Arrays.stream(dilation).anyMatch(d -> d != 1);
    }

    /** The weight with zeros between its taps. */
    private INDArray widened(INDArray w) {
        if (!isDilated()) {
            return Ops.contiguous(w);
        }
        INDArray wide = Ops.scratch(w.dataType(), wideShape(w)).assign(0);
        taps(wide).assign(w);
        return wide;
    }

    private long[] wideShape(INDArray w) {
        long[] shape = w.shape().clone();
        int[] kernel = geometry.kernel();
        for (int d = 0; d < rank; d++) {
            shape[2 + d] = kernel[d];
        }
        return shape;
    }

    /** The taps among the zeros, as a view. */
    private INDArray taps(INDArray wide) {
        long[] shape = wide.shape().clone();
        long[] stride = wide.stride().clone();
        for (int d = 0; d < rank; d++) {
            shape[2 + d] = (shape[2 + d] - 1) / dilation[d] + 1;
            stride[2 + d] *= dilation[d];
        }
        return Nd4j.create(wide.data(), shape, stride, wide.offset(), 'c');
    }

    /** Shape of the output for these shapes of input and weight. */
    public long[] outputShape(long[] x, long[] w) {
        long[] spatial = geometry.outputSize(Arrays.copyOfRange(x, 2, x.length));
        long[] shape = new long[2 + rank];
        shape[0] = x[0];
        shape[1] = w[0];
        System.arraycopy(spatial, 0, shape, 2, rank);
        return shape;
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
        INDArray input = flat(padsItself ? x : padded(x));
        method(input).forward(input, flat(widened(w)), flat(y));
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
        INDArray input = flat(padsItself ? x : padded(x));
        INDArray dInput = dx;
        if (dx != null) {
            dInput = padsItself ? flat(dx) : Ops.scratch(input.dataType(), input.shape());
        }
        boolean direct = !isDilated() && Ops.isContiguous(dw);
        INDArray dWide = direct ? dw : Ops.scratch(dw.dataType(), wideShape(dw));
        method(input).backward(input, flat(widened(w)), flat(dy), dInput, flat(dWide));
        if (!direct) {
            dw.assign(isDilated() ? taps(dWide) : dWide);
        }
        if (dx != null && !padsItself) {
            INDArray unflat = rank == 1 ? dInput.reshape('c', withoutHeight(dInput.shape())) : dInput;
            PaddingKernel.backward(unflat, geometry.padBefore(), geometry.paddingMode(), dx);
        }
    }

    private INDArray padded(INDArray x) {
        return PaddingKernel.forward(
                x, geometry.padBefore(), geometry.padAfter(), geometry.paddingMode());
    }

    /** 1-D as 2-D of height 1, in 'c' order. */
    private INDArray flat(INDArray array) {
        INDArray c = Ops.contiguous(array);
        if (rank != 1) {
            return c;
        }
        long[] s = c.shape();
        return c.reshape('c', s[0], s[1], 1, s[2]);
    }

    private static long[] withoutHeight(long[] shape) {
        return new long[] {shape[0], shape[1], shape[3]};
    }

    // ---- the ways to compute one --------------------------------------------------------------------------------

    /** One way to compute a convolution of 'c'-ordered rank-4 or rank-5 arrays. */
    private interface Method {
        void forward(INDArray x, INDArray w, INDArray y);

        /** dx may be null. */
        void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw);
    }

    private Method method(INDArray input) {
        int groups = geometry.groups();
        if (groups == 1) {
            return new Dense();
        }
        if (groups == input.size(1) && rank <= 2) {
            return coversHeight(input) ? new MatrixProduct() : new Depthwise();
        }
        return input.size(1) <= BLOCK_DIAGONAL_CHANNELS ? new BlockDiagonal() : new PerGroup();
    }

    /** Whether each output is one whole column of a channel. */
    private boolean coversHeight(INDArray input) {
        int[] kernel = geometry.kernel();
        return rank == 2
                && kernel[0] == input.size(2)
                && kernel[1] == 1
                && geometry.stride()[1] == 1
                && Arrays.stream(geometry.padBefore()).sum() == 0
                && Arrays.stream(geometry.padAfter()).sum() == 0;
    }

    private final class Dense implements Method {

        @Override
        public void forward(INDArray x, INDArray w, INDArray y) {
            Ops.exec(
                    rank == 3 ? "conv3dnew" : "conv2d",
                    new INDArray[] {x, w},
                    new INDArray[] {y},
                    arguments(1));
        }

        @Override
        public void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
            if (dx == null && x.size(1) == 1 && rank < 3 && isStrideOne()) {
                weightGradient(x, dy, dw);
                return;
            }
            INDArray dInput = dx == null ? Ops.scratch(x.dataType(), x.shape()) : dx;
            Ops.exec(
                    rank == 3 ? "conv3dnew_bp" : "conv2d_bp",
                    new INDArray[] {x, w, dy},
                    new INDArray[] {dInput, dw},
                    arguments(1));
        }
    }

    private boolean isStrideOne() {
        return Arrays.stream(geometry.stride()).allMatch(s -> s == 1);
    }

    /**
     * The gradient of the weight alone, for one input channel: the convolution of the input with the output's
     * gradient, samples as channels. {@code conv2d_bp} computes the input's gradient too: (1, 64) on 64x1x22x256 to 8
     * channels takes it 40, this 22.
     */
    private void weightGradient(INDArray x, INDArray dy, INDArray dw) {
        INDArray input = x;
        if (padsItself) {
            int[] before = geometry.padBefore();
            int[] after = geometry.padAfter();
            if (rank == 1) {
                before = new int[] {0, before[0]};
                after = new int[] {0, after[0]};
            }
            input = PaddingKernel.forward(x, before, after, PaddingMode.ZEROS);
        }
        long[] s = input.shape();
        INDArray filters = dy.permute(1, 0, 2, 3).dup('c');
        INDArray result = Ops.scratch(dw.dataType(), 1, dw.size(0), dw.size(2), dw.size(3));
        int height = (int) dy.size(2);
        int width = (int) dy.size(3);
        Ops.exec(
                "conv2d",
                new INDArray[] {input.reshape('c', 1, s[0], s[2], s[3]), filters},
                new INDArray[] {result},
                height, width, 1, 1, 0, 0, 1, 1, 0, 0, 1);
        dw.assign(result.reshape('c', dw.shape()));
    }

    /** y[n, g] = w[g] x[n, g], with w[g] of shape [multiplier, height] and x[n, g] of shape [height, width]. */
    private static final class MatrixProduct implements Method {

        @Override
        public void forward(INDArray x, INDArray w, INDArray y) {
            matmul(perSample(x, w), x, byGroup(y, x), false, false);
        }

        @Override
        public void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
            INDArray gradient = byGroup(dy, x);
            if (dx != null) {
                matmul(perSample(x, w), gradient, dx, true, false);
            }
            long groups = x.size(1);
            INDArray dws =
                    Ops.scratch(
                            w.dataType(), x.size(0), groups, w.size(0) / groups, w.size(2));
            matmul(gradient, x, dws, false, true);
            dws.sum(dw.reshape('c', groups, w.size(0) / groups, w.size(2)), 0);
        }

        /** The weights once for each sample, since libnd4j's matmul does not broadcast. */
        private static INDArray perSample(INDArray x, INDArray w) {
            long groups = x.size(1);
            INDArray one = w.reshape('c', 1, groups, w.size(0) / groups, w.size(2));
            INDArray all =
                    Ops.scratch(w.dataType(), x.size(0), groups, one.size(2), one.size(3));
            return one.broadcast(all);
        }

        private static INDArray byGroup(INDArray y, INDArray x) {
            long groups = x.size(1);
            return y.reshape('c', y.size(0), groups, y.size(1) / groups, y.size(3));
        }

        private static void matmul(
                INDArray a, INDArray b, INDArray c, boolean transposeA, boolean transposeB) {
            Ops.exec(
                    "matmul",
                    new INDArray[] {a, b},
                    new INDArray[] {c},
                    transposeA ? 1 : 0,
                    transposeB ? 1 : 0,
                    0);
        }
    }

    private final class Depthwise implements Method {

        @Override
        public void forward(INDArray x, INDArray w, INDArray y) {
            Ops.exec(
                    "depthwise_conv2d",
                    new INDArray[] {repeated(x, w), opWeight(w)},
                    new INDArray[] {y},
                    arguments(0));
        }

        @Override
        public void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
            long multiplier = w.size(0) / x.size(1);
            INDArray input = repeated(x, w);
            INDArray dInput =
                    dx == null || multiplier > 1 ? Ops.scratch(x.dataType(), input.shape()) : dx;
            INDArray opWeight = opWeight(w);
            INDArray dOpWeight = Ops.scratch(w.dataType(), opWeight.shape());
            Ops.exec(
                    "depthwise_conv2d_bp",
                    new INDArray[] {input, opWeight, dy},
                    new INDArray[] {dInput, dOpWeight},
                    arguments(0));
            dw.assign(dOpWeight.permute(2, 3, 0, 1));
            if (dx != null && multiplier > 1) {
                long[] s = x.shape();
                dInput.reshape('c', s[0], s[1], multiplier, s[2], s[3]).sum(dx, 2);
            }
        }

        /** Each channel as often as it has filters. */
        private INDArray repeated(INDArray x, INDArray w) {
            long multiplier = w.size(0) / x.size(1);
            if (multiplier == 1) {
                return x;
            }
            long[] s = x.shape();
            INDArray all = Ops.scratch(x.dataType(), s[0], s[1], multiplier, s[2], s[3]);
            x.reshape('c', s[0], s[1], 1, s[2], s[3]).broadcast(all);
            return all.reshape('c', s[0], s[1] * multiplier, s[2], s[3]);
        }

        /** [O, 1, kH, kW] as the op wants it for multiplier 1: [kH, kW, O, 1]. */
        private INDArray opWeight(INDArray w) {
            return w.permute(2, 3, 0, 1).dup('c');
        }
    }

    /** One convolution over all channels; weights between groups are zero. */
    private final class BlockDiagonal implements Method {

        private final Dense dense = new Dense();

        @Override
        public void forward(INDArray x, INDArray w, INDArray y) {
            dense.forward(x, expanded(w), y);
        }

        @Override
        public void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
            INDArray all = expanded(w);
            INDArray dAll = Ops.scratch(w.dataType(), all.shape());
            dense.backward(x, all, dy, dx, dAll);
            INDArray blocks = diagonal(dAll, w);
            dw.reshape('c', blocks.shape()).assign(blocks);
        }

        private INDArray expanded(INDArray w) {
            long[] shape = w.shape().clone();
            shape[1] *= geometry.groups();
            INDArray all = Ops.scratch(w.dataType(), shape).assign(0);
            INDArray blocks = diagonal(all, w);
            blocks.assign(w.reshape('c', blocks.shape()));
            return all;
        }

        /** The blocks on the diagonal as a view [groups, O / groups, C / groups * kernel]. */
        private INDArray diagonal(INDArray all, INDArray w) {
            long groups = geometry.groups();
            long out = w.size(0) / groups;
            long row = w.length() / w.size(0);
            return Nd4j.create(
                    all.data(),
                    new long[] {groups, out, row},
                    new long[] {out * groups * row + row, groups * row, 1},
                    all.offset(),
                    'c');
        }
    }

    /** One convolution for each group. */
    private final class PerGroup implements Method {

        private final Dense dense = new Dense();

        @Override
        public void forward(INDArray x, INDArray w, INDArray y) {
            for (int g = 0; g < geometry.groups(); g++) {
                INDArray part = group(y, 1, g);
                INDArray result = Ops.scratch(y.dataType(), part.shape());
                dense.forward(group(x, 1, g).dup('c'), group(w, 0, g), result);
                part.assign(result);
            }
        }

        @Override
        public void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
            for (int g = 0; g < geometry.groups(); g++) {
                INDArray part = group(x, 1, g).dup('c');
                INDArray dPart = Ops.scratch(part.dataType(), part.shape());
                dense.backward(
                        part, group(w, 0, g), group(dy, 1, g).dup('c'), dPart, group(dw, 0, g));
                if (dx != null) {
                    group(dx, 1, g).assign(dPart);
                }
            }
        }

        private INDArray group(INDArray array, int dimension, int g) {
            long size = array.size(dimension) / geometry.groups();
            return Ops.slice(array, dimension, g * size, (g + 1) * size);
        }
    }

    /** The op's integer arguments; weightFormat 1 is [O, C, k...], 0 is [k..., C, O]. */
    private int[] arguments(int weightFormat) {
        int[] kernel = geometry.kernel();
        int[] stride = geometry.stride();
        boolean same = padsItself && geometry.padding().kind() == Padding.Kind.SAME;
        int[] pad = padsItself && !same ? geometry.padBefore() : new int[rank];
        int dims = Math.max(rank, 2);
        int[] result = new int[4 * dims + 3];
        int[][] parts = {kernel, stride, pad, geometry.dilation()};
        for (int i = 0; i < parts.length; i++) {
            for (int d = 0; d < dims; d++) {
                boolean height = rank == 1 && d == 0;
                int neutral = i == 2 ? 0 : 1;
                result[i * dims + d] = height ? neutral : parts[i][rank == 1 ? 0 : d];
            }
        }
        result[4 * dims] = same ? 1 : 0;
        result[4 * dims + 1] = 0; // channels first
        result[4 * dims + 2] = weightFormat;
        return result;
    }
}
