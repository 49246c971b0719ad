package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_auto;
import static org.bytedeco.dnnl.global.dnnl.dnnl_dilated_convolution_backward_data_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_dilated_convolution_backward_weights_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_dilated_convolution_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;

import java.util.Arrays;
import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_convolution_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * oneDNN's convolution in 1, 2 and 3 dimensions, with groups, dilation and zero padding, and its
 * gradients:
 *
 * <pre>
 * y[n, o, p] = b[o] + sum over c, k of w[o, c, k] * x[n, group(o) * C/groups + c, p * stride + k * dilation - pad]
 * </pre>
 *
 * <p>Shapes: {@code x [N, C, spatial...]}, {@code w [O, C / groups, kernel...]}, {@code b [O]},
 * {@code y [N, O, spatial...]}; any strides. The trailing padding follows from the sizes of x and
 * y.
 *
 * <p>A transposed convolution is the input gradient of a convolution: its forward pass is {@link
 * #backwardInput}, its backward pass {@link #forward}.
 */
public final class Convolution {

    /**
     * From this padding on oneDNN falls back to slow code, called by libnd4j as well: (1, 64) on
     * 64x1x22x256 to 8 channels takes 12 ms, 5 on input padded beforehand (two threads).
     */
    public static final int WIDE_PADDING = 16;

    /**
     * Pieces that a long single-channel kernel is split into for the weight gradient: with one
     * input channel oneDNN uses slow code. (1, 64) on 64x1x22x319 to 8 channels: 58 ms, split 19
     * (one thread of a busy machine).
     */
    private static final int PIECES = 8;

    /** Widest depthwise kernel for whose weight gradient oneDNN has fast code. */
    private static final int WIDEST_DEPTHWISE = 3;

    private static final String NAME = "convolution";

    /** Place of dy among the arguments of the gradients. */
    private static final int DY = 1;

    private final int groups;
    private final long[] stride;
    private final long[] dilation;
    private final long[] pad;
    private final boolean columns;

    /**
     * A convolution in the layouts that oneDNN prefers, to which arrays are reordered.
     *
     * @param groups groups of channels
     * @param stride stride of the window in each dimension
     * @param dilation distance between the kernel's taps in each dimension, 1 for adjacent taps
     * @param padBefore zeros before the input in each dimension
     */
    public Convolution(int groups, int[] stride, int[] dilation, int[] padBefore) {
        this(groups, longs(stride, 0), longs(dilation, -1), longs(padBefore, 0), false);
    }

    private Convolution(int groups, long[] stride, long[] dilation, long[] pad, boolean columns) {
        this.groups = groups;
        this.stride = stride;
        this.dilation = dilation;
        this.pad = pad;
        this.columns = columns;
    }

    /**
     * The same for a kernel of the input's height and width 1: the rows of a channel are read as
     * channels of a pointwise convolution, whose code is faster. With groups, which have few
     * channels then, the arrays' own layout is used.
     */
    public Convolution ofColumns() {
        return new Convolution(groups, stride, dilation, pad, true);
    }

    /** The same along the height, for arrays of one row or one dimension. */
    private Convolution alongHeight() {
        int last = stride.length - 1;
        return new Convolution(
                groups,
                new long[] {stride[last], 1},
                new long[] {dilation[last], 0},
                new long[] {pad[last], 0},
                false);
    }

    /** An array's layout in memory, or a reinterpretation of it. */
    record View(long[] dims, long[] strides) {

        static View of(INDArray array) {
            return new View(array.shape(), array.stride());
        }

        /** The first n examples. */
        View examples(long n) {
            long[] part = dims.clone();
            part[0] = n;
            return new View(part, strides);
        }

        /** Whether there is one spatial dimension, or one row. */
        boolean isRow() {
            return dims.length == 3 || dims.length == 4 && dims[2] == 1;
        }

        /** A row as a column; for descriptors only. */
        View column() {
            int last = dims.length - 1;
            return new View(
                    new long[] {dims[0], dims[1], dims[last], 1},
                    new long[] {strides[0], strides[1], strides[last], 1});
        }

        /** Another number of channels; for descriptors only, not in this memory. */
        View withChannels(long channels) {
            long[] other = dims.clone();
            other[1] = channels;
            return new View(other, strides);
        }

        long length() {
            return ArrayUtil.prodLong(dims);
        }

        dnnl_memory_desc_t layout() {
            return OneDnn.plain(dims, strides);
        }
    }

    private static long[] longs(int[] values, int summand) {
        long[] result = new long[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (long) values[i] + summand;
        }
        return result;
    }

    /**
     * Forward pass.
     *
     * @param b bias or null
     * @param y receives the output
     * @return false if oneDNN does not support it; y is then unchanged
     */
    public boolean forward(INDArray x, INDArray w, INDArray b, INDArray y) {
        View weight = read(w);
        return slices(x, w, y)
                .run(
                        n -> {
                            View source = read(x).examples(n);
                            View target = read(y).examples(n);
                            return PrimitiveCache.get(
                                    key(NAME, source, weight, target)
                                            .with(b == null ? 0 : b.stride(0)),
                                    () -> forward(source, weight, b, target));
                        },
                        (p, n) ->
                                p.execute(
                                        Operand.of(x, n),
                                        Operand.of(w),
                                        Operand.of(y, n),
                                        Operand.of(b)));
    }

    /**
     * Gradient of the input.
     *
     * @param dx receives it
     * @return false if oneDNN does not support it; dx is then unchanged
     */
    public boolean backwardInput(INDArray dy, INDArray w, INDArray dx) {
        View weight = read(w);
        return slices(dx, w, dy)
                .run(
                        n -> {
                            View target = read(dx).examples(n);
                            View source = read(dy).examples(n);
                            return PrimitiveCache.get(
                                    key("convolution, input gradient", target, weight, source),
                                    () -> inputGradient(target, weight, source));
                        },
                        (p, n) -> p.execute(Operand.of(dy, n), Operand.of(w), Operand.of(dx, n)));
    }

    /**
     * Gradient of the weight and of the bias.
     *
     * @param dw receives the weight's
     * @param db receives the bias's, or null
     * @return false if oneDNN does not support it; dw and db are then unchanged
     */
    public boolean backwardWeight(INDArray x, INDArray dy, INDArray dw, INDArray db) {
        return backward(x, dw, dy, null, dw, db);
    }

    /**
     * All gradients.
     *
     * @param dx receives the input's, or null
     * @param dw receives the weight's
     * @param db receives the bias's, or null
     * @return false if oneDNN does not support it; nothing is written then
     */
    public boolean backward(
            INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw, INDArray db) {
        BatchSlices slices = slices(x, dw, dy);
        BatchSlices.Sum dwSum = slices.sum(dw);
        BatchSlices.Sum dbSum = slices.sum(db);
        boolean cut = isLongKernelOfOneChannel(x, dw);
        View weight = read(dwSum.part());
        View target = cut ? cut(weight, weight, false) : weight;
        return slices.run(
                n -> {
                    View input = read(x).examples(n);
                    View source = cut ? cut(input, weight, true) : input;
                    View gradient = read(dy).examples(n);
                    View filters = read(w);
                    View result = dx == null ? null : read(dx).examples(n);
                    PrimitiveCache.Key key =
                            key("convolution, gradients", source, target, gradient)
                                    .with(db == null ? 0 : dbSum.part().stride(0));
                    if (dx != null) {
                        key.with(filters.strides).with(result.dims).with(result.strides);
                    }
                    return PrimitiveCache.get(
                            key,
                            () ->
                                    gradients(
                                            source,
                                            target,
                                            gradient,
                                            dbSum.part(),
                                            filters,
                                            result));
                },
                (p, n) -> {
                    p.execute(
                            Operand.of(x, n),
                            Operand.of(dy, n),
                            Operand.of(dwSum.part()),
                            Operand.of(dbSum.part()),
                            Operand.of(w),
                            Operand.of(dx, n));
                    dwSum.add(n);
                    dbSum.add(n);
                });
    }

    private BatchSlices slices(INDArray x, INDArray w, INDArray y) {
        if (columns && groups > 1) {
            return BatchSlices.one(x);
        }
        boolean pointwise = columns || w.length() == w.size(0) * w.size(1);
        return pointwise ? BatchSlices.inCache(x, w, y) : BatchSlices.of(x, w, y);
    }

    /** Whether the rows of each channel can be read as channels. */
    public static boolean hasColumns(INDArray array) {
        return array.size(1) == 1 || array.stride(1) == array.size(2) * array.stride(2);
    }

    /** The array as this convolution reads it. */
    private View read(INDArray array) {
        View view = View.of(array);
        if (!columns || view.dims[2] == 1) {
            return view;
        }
        long[] dims = view.dims.clone();
        long[] strides = view.strides.clone();
        dims[1] *= dims[2];
        strides[1] = strides[2];
        dims[2] = 1;
        return new View(dims, strides);
    }

    private boolean isLongKernelOfOneChannel(INDArray x, INDArray w) {
        int last = stride.length - 1;
        return x.size(1) == 1
                && w.size(2 + last) >= 2 * PIECES
                && w.size(2 + last) % PIECES == 0
                && stride[last] == 1
                && dilation[last] == 0
                && pad[last] == 0;
    }

    /**
     * One channel and a kernel of {@value #PIECES} * J taps, read as {@value #PIECES} channels and
     * a kernel of J taps: channel c is the input starting at position c * J, in the same memory.
     */
    private static View cut(View view, View kernel, boolean isInput) {
        long[] dims = view.dims.clone();
        long[] strides = view.strides.clone();
        int last = dims.length - 1;
        long taps = kernel.dims[last] / PIECES;
        dims[1] = PIECES;
        strides[1] = taps * strides[last];
        dims[last] = isInput ? dims[last] - (PIECES - 1) * taps : taps;
        return new View(dims, strides);
    }

    private PrimitiveCache.Key key(String operation, View x, View w, View y) {
        ThreadCount threads = ThreadCount.forMultiplications(y.length() * w.length() / w.dims[0]);
        PrimitiveCache.Key key =
                appendTo(new PrimitiveCache.Key(operation, threads)).with(columns ? 1 : 0);
        for (View view : new View[] {x, w, y}) {
            key.with(view.dims).with(view.strides);
        }
        return key;
    }

    /** Adds the geometry to a key. */
    PrimitiveCache.Key appendTo(PrimitiveCache.Key key) {
        return key.with(groups).with(stride).with(dilation).with(pad);
    }

    // ---- primitives -----------------------------------------------------------------------------

    /** Shapes of x, w and y as oneDNN's descriptors, and the trailing padding. */
    final class Shapes {

        private final long[] x;
        private final long[] w;
        private final long[] y;
        private final long[] b;
        private final long[] padAfter;
        private final dnnl_memory_desc_t xLayout;
        private final dnnl_memory_desc_t wLayout;
        private final dnnl_memory_desc_t yLayout;

        Shapes(View x, View w, View y, boolean bias) {
            boolean plain = columns && groups > 1;
            this.x = x.dims;
            this.w = grouped(w.dims);
            this.y = y.dims;
            this.b = bias ? new long[] {this.y[1]} : null;
            this.xLayout = plain ? x.layout() : OneDnn.any(this.x);
            this.wLayout = plain ? weightLayout(w) : OneDnn.any(this.w);
            this.yLayout = plain ? y.layout() : OneDnn.any(this.y);
            long[] kernel = Arrays.copyOfRange(w.dims, 2, w.dims.length);
            this.padAfter = trailing(this.x, this.y, kernel, stride, dilation, pad);
            for (int d = 0; d < pad.length; d++) {
                if (padAfter[d] + stride[d] <= 0) {
                    throw new UnsupportedOperationException("input that no window reaches");
                }
            }
        }

        dnnl_convolution_desc_t forward() {
            dnnl_convolution_desc_t result = new dnnl_convolution_desc_t();
            OneDnn.check(
                    dnnl_dilated_convolution_forward_desc_init(
                            result,
                            dnnl_forward_training,
                            dnnl_convolution_auto,
                            xLayout,
                            wLayout,
                            b == null ? null : OneDnn.any(b),
                            yLayout,
                            stride,
                            dilation,
                            pad,
                            padAfter),
                    NAME);
            return result;
        }

        dnnl_convolution_desc_t inputGradient() {
            dnnl_convolution_desc_t result = new dnnl_convolution_desc_t();
            OneDnn.check(
                    dnnl_dilated_convolution_backward_data_desc_init(
                            result,
                            dnnl_convolution_auto,
                            xLayout,
                            wLayout,
                            yLayout,
                            stride,
                            dilation,
                            pad,
                            padAfter),
                    NAME);
            return result;
        }

        dnnl_convolution_desc_t weightGradient() {
            dnnl_convolution_desc_t result = new dnnl_convolution_desc_t();
            OneDnn.check(
                    dnnl_dilated_convolution_backward_weights_desc_init(
                            result,
                            dnnl_convolution_auto,
                            xLayout,
                            wLayout,
                            b == null ? null : OneDnn.any(b),
                            yLayout,
                            stride,
                            dilation,
                            pad,
                            padAfter),
                    NAME);
            return result;
        }
    }

    /**
     * The padding after the input, negative where no window reaches the last positions.
     *
     * @param x shape of the input
     * @param y shape of the output
     * @param dilation as oneDNN has it, 0 for adjacent taps
     * @param pad before the input
     */
    static long[] trailing(
            long[] x, long[] y, long[] kernel, long[] stride, long[] dilation, long[] pad) {
        long[] result = new long[pad.length];
        for (int d = 0; d < result.length; d++) {
            long window = (kernel[d] - 1) * (dilation[d] + 1) + 1;
            result[d] = (y[2 + d] - 1) * stride[d] + window - x[2 + d] - pad[d];
        }
        return result;
    }

    /** A weight {@code [O, C/groups, k...]} as {@code [groups, O/groups, C/groups, k...]}. */
    private long[] grouped(long[] shape) {
        if (groups == 1) {
            return shape;
        }
        long[] result = new long[shape.length + 1];
        result[0] = groups;
        result[1] = shape[0] / groups;
        System.arraycopy(shape, 1, result, 2, shape.length - 1);
        return result;
    }

    /** The layout of a weight in groups. */
    dnnl_memory_desc_t weightLayout(View w) {
        if (groups == 1) {
            return w.layout();
        }
        long[] dims = grouped(w.dims);
        long[] strides = new long[dims.length];
        strides[0] = w.strides[0] * dims[1];
        System.arraycopy(w.strides, 0, strides, 1, w.strides.length);
        return OneDnn.plain(dims, strides);
    }

    private Primitive forward(View x, View w, INDArray b, View y) {
        Shapes shapes = new Shapes(x, w, y, b != null);
        return new Primitive.Builder(shapes.forward(), null, NAME)
                .input(DNNL_ARG_SRC, x.layout())
                .input(DNNL_ARG_WEIGHTS, weightLayout(w))
                .output(DNNL_ARG_DST, y.layout())
                .input(DNNL_ARG_BIAS, vector(b))
                .build();
    }

    private Primitive inputGradient(View dx, View w, View dy) {
        Shapes shapes = new Shapes(dx, w, dy, false);
        return Primitive.Builder.backward(shapes.inputGradient(), shapes.forward(), NAME)
                .input(DNNL_ARG_DIFF_DST, dy.layout())
                .input(DNNL_ARG_WEIGHTS, weightLayout(w))
                .output(DNNL_ARG_DIFF_SRC, dx.layout())
                .build();
    }

    /** The gradient of the weight, and of the input if there is a dx. */
    private Primitive gradients(View x, View dw, View dy, INDArray db, View w, View dx) {
        return withWeightGradient(
                x,
                dw,
                dy,
                db != null,
                shapes -> {
                    Primitive.Builder builder =
                            Primitive.Builder.backward(
                                            shapes.weightGradient(), shapes.forward(), NAME)
                                    .input(DNNL_ARG_SRC, x.layout())
                                    .input(DNNL_ARG_DIFF_DST, dy.layout())
                                    .output(DNNL_ARG_DIFF_WEIGHTS, weightLayout(dw))
                                    .output(DNNL_ARG_DIFF_BIAS, vector(db));
                    if (dx != null) {
                        Shapes back = new Shapes(dx, w, dy, false);
                        builder.thenBackward(back.inputGradient(), back.forward(), NAME)
                                .again(DNNL_ARG_DIFF_DST, DY)
                                .input(DNNL_ARG_WEIGHTS, weightLayout(w))
                                .output(DNNL_ARG_DIFF_SRC, dx.layout());
                    }
                    return builder.build();
                });
    }

    /**
     * Makes a primitive with the gradient of the weight. For a depthwise convolution oneDNN's fast
     * code takes any height of the kernel, but widths to {@value #WIDEST_DEPTHWISE} only: a row is
     * read as a column then. (1, 16) on 64x16x1x79: 0.72 ms, as a column 0.03 (one thread).
     */
    Primitive withWeightGradient(
            View x, View w, View y, boolean bias, Function<Shapes, Primitive> make) {
        if (groups > 1
                && groups == x.dims[1]
                && x.isRow()
                && w.dims[w.dims.length - 1] > WIDEST_DEPTHWISE
                && Arrays.stream(pad).sum() == 0) {
            try {
                Convolution tall = alongHeight();
                return make.apply(tall.new Shapes(x.column(), w.column(), y.column(), bias));
            } catch (UnsupportedOperationException e) {
                // A dilated one, for example: as it is.
            }
        }
        return make.apply(new Shapes(x, w, y, bias));
    }

    /** The layout of a bias; null for null. */
    static dnnl_memory_desc_t vector(INDArray array) {
        return array == null
                ? null
                : OneDnn.plain(
                        new long[] {array.length()}, new long[] {array.stride(array.rank() - 1)});
    }
}
