package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.dnnl_abcd;
import static org.bytedeco.dnnl.global.dnnl.dnnl_acdb;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_mul;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_equal;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_init_by_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_avg_exclude_padding;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_max;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_dst_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_softmax_forward_desc_init;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_binary_desc_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_pooling_desc_t;
import org.bytedeco.dnnl.dnnl_softmax_desc_t;
import org.lamina.onednn.PostOperations.Binary;
import org.lamina.onednn.Sequence.Arguments;
import org.lamina.onednn.Sequence.Description;
import org.lamina.spec.ConvGeometry;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Operations on images {@code [N, C, H, W]} in a fixed sequence, for inference: values stay in the
 * layouts that oneDNN prefers, functions and sums are part of the operations before them, and
 * constants are reordered once.
 *
 * <p>Methods such as {@link #convolution} append to the sequence; {@link #refresh} computes the
 * constants, {@link #run} the output. A program belongs to the thread that made it.
 *
 * <p>All methods that append throw UnsupportedOperationException for what oneDNN does not support.
 */
public final class Program {

    private final Sequence sequence = new Sequence();
    private final Value input;
    private Value output;

    /** The values that must be finite, and their means. */
    private final Map<Value, Value> watched = new LinkedHashMap<>();

    /** Values that may have minus infinity of a ReLU, instead of 0, or what becomes of it. */
    private final Set<Value> rectified = new HashSet<>();

    /** Intermediate values: images, in a layout of oneDNN's choice, one after the other. */
    public static final class Value {

        final long[] dims;
        final dnnl_memory_desc_t layout;
        final dnnl_memory memory;
        final long address;

        Value(long[] dims, dnnl_memory_desc_t layout, dnnl_memory memory, long address) {
            this.dims = dims;
            this.layout = layout;
            this.memory = memory;
            this.address = address;
        }

        /** {@code [N, C, H, W]}. */
        public long[] shape() {
            return dims.clone();
        }

        long bytes() {
            return dnnl_memory_desc_get_size(layout);
        }

        /** Whether the layout fills up blocks of channels. */
        boolean hasGaps() {
            return bytes() != ArrayUtil.prodLong(dims) * Float.BYTES;
        }

        long exampleBytes() {
            return bytes() / dims[0];
        }

        private boolean isFinite() {
            for (float value : OneDnn.values(address, (int) (bytes() / Float.BYTES))) {
                if (!Float.isFinite(value)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** A factor or summand of each value, by {@link #multiply} or {@link #add}. */
    public record Term(int algorithm, Value value) {

        /** A factor: images, or one number for each channel of each example, or one number. */
        public static Term multiply(Value value) {
            return new Term(dnnl_binary_mul, value);
        }

        /** A summand of the same shapes. */
        public static Term add(Value value) {
            return new Term(dnnl_binary_add, value);
        }

        /** Whether it is a factor. */
        public boolean isFactor() {
            return algorithm == dnnl_binary_mul;
        }

        /** Whether it has numbers for each example, not each position of images of a shape. */
        boolean isOfExamples(long[] images) {
            return value.dims[0] > 1 && !Arrays.equals(value.dims, images);
        }

        /** Whether it has a number for each position, or one. */
        private boolean isOfPositions(long[] images) {
            return Arrays.equals(value.dims, images) || ArrayUtil.prodLong(value.dims) == 1;
        }

        /** Whether it has a number for each channel of all examples. */
        private boolean isOfChannels() {
            long[] dims = value.dims;
            return dims[0] == 1 && dims[1] > 1 && dims[2] * dims[3] == 1;
        }
    }

    /** A program for input of this shape. */
    public Program(long... shape) {
        this.input = sequence.input(shape);
    }

    /** The input. */
    public Value input() {
        return input;
    }

    // ---- operations -----------------------------------------------------------------------------

    /**
     * Convolution, sums and products of its output, in sequence, and a function of the result.
     *
     * @param outputs number of output channels
     * @param weight {@code [outputs, C / groups, kernel]} in 'c' order
     * @param bias one number for each output, or null
     * @param function or null
     */
    public Value convolution(
            Value x,
            ConvGeometry geometry,
            long outputs,
            Supplier<float[]> weight,
            Supplier<float[]> bias,
            List<Term> terms,
            ElementFunction function) {
        FilterBank filters = new FilterBank(sequence, x, geometry, outputs, weight, bias);
        if (terms.isEmpty()) {
            return followed(filters.output(function), function, x, terms);
        }
        return filters.output(terms, function)
                .map(y -> followed(y, function, x, terms))
                .orElseGet(
                        () ->
                                combined(
                                        followed(filters.output(null), null, x, List.of()),
                                        terms,
                                        function));
    }

    /**
     * Follows minus infinity of a ReLU: sums and products keep it or make NaN of it, which other
     * functions may make numbers of.
     */
    private Value followed(Value y, ElementFunction function, Value x, List<Term> terms) {
        List<Value> from = new ArrayList<>(terms.stream().map(Term::value).toList());
        from.add(x);
        from.retainAll(rectified);
        if (function == null ? !from.isEmpty() : function.isRectifier()) {
            rectified.add(y);
        } else {
            from.forEach(this::watch);
        }
        return y;
    }

    /** Mean or maximum of windows, without padding. */
    public Value pooling(Value x, boolean maximum, int[] kernel, int[] stride) {
        if (maximum && rectified.contains(x)) {
            watch(x);
        }
        long[] window = ArrayUtil.toLongArray(kernel);
        long[] step = ArrayUtil.toLongArray(stride);
        long[] y = x.dims.clone();
        for (int d = 0; d < 2; d++) {
            y[2 + d] = (x.dims[2 + d] - window[d]) / step[d] + 1;
        }
        long[] none = new long[2];
        dnnl_pooling_desc_t operation = new dnnl_pooling_desc_t();
        OneDnn.check(
                dnnl_pooling_forward_desc_init(
                        operation,
                        dnnl_forward_inference,
                        maximum ? dnnl_pooling_max : dnnl_pooling_avg_exclude_padding,
                        x.layout,
                        OneDnn.any(y),
                        step,
                        window,
                        none,
                        Convolution.trailing(x.dims, y, window, step, none, none)),
                "pooling");
        ThreadCount threads = ThreadCount.forElements(ArrayUtil.prodLong(x.dims));
        Description description =
                sequence.describe(operation, PostOperations.NONE, threads, "pooling");
        Value target = sequence.value(y, description.layout(dnnl_query_dst_md, 0));
        sequence.append(
                description, new Arguments().with(DNNL_ARG_SRC, x).with(DNNL_ARG_DST, target));
        return maximum ? target : followed(target, null, x, List.of());
    }

    /** Makes {@link #run} tell whether all of a value is finite. */
    public void watch(Value x) {
        int[] all = {(int) x.dims[2], (int) x.dims[3]};
        // A mean with NaN or infinity is not finite.
        watched.computeIfAbsent(x, v -> all[0] * all[1] == 1 ? v : pooling(v, false, all, all));
    }

    /**
     * Sums and products, in sequence, and a function of the result.
     *
     * @param terms at least one
     * @param function or null
     */
    public Value combined(Value x, List<Term> terms, ElementFunction function) {
        int together = together(x, terms);
        if (together < terms.size()) {
            Value first = combined(x, terms.subList(0, together), null);
            return combined(first, terms.subList(together, terms.size()), function);
        }
        // As one dense image of N * C channels: positions by themselves have no channels, and
        // oneDNN
        // is slow where a number is for an example, or for a channel in blocks of them.
        boolean positions =
                terms.stream().allMatch(term -> term.isOfPositions(x.dims)) && !x.hasGaps();
        boolean examples = terms.stream().anyMatch(term -> term.isOfExamples(x.dims));
        boolean flatten = positions || examples;
        boolean plain =
                !positions
                        && (examples
                                || terms.stream().anyMatch(Term::isOfChannels) && blocked(x)
                                || function != null && function.isSigmoid());
        Value source = plain ? sequence.reordered(x, OneDnn.dense(x.dims)) : x;
        Value flat = flatten ? flat(source) : source;
        List<Term> flats = new ArrayList<>();
        for (Term term : terms) {
            Value value = term.value;
            boolean images = Arrays.equals(value.dims, x.dims);
            value = sequence.reordered(value, images ? source.layout : OneDnn.dense(value.dims));
            flats.add(new Term(term.algorithm, flatten ? flat(value) : value));
        }
        Value target = sequence.value(source.dims, source.layout);
        Value result = flatten ? flat(target) : target;
        dnnl_binary_desc_t operation = new dnnl_binary_desc_t();
        OneDnn.check(
                dnnl_binary_desc_init(
                        operation,
                        flats.get(0).algorithm,
                        flat.layout,
                        flats.get(0).value.layout,
                        result.layout),
                "sum or product");
        List<Term> rest = flats.subList(1, flats.size());
        List<Binary> binaries =
                rest.stream().map(t -> new Binary(t.algorithm, t.value.layout)).toList();
        PostOperations after = new PostOperations(binaries, function);
        ThreadCount threads = ThreadCount.forElements(ArrayUtil.prodLong(x.dims));
        Description description = sequence.describe(operation, after, threads, "sum or product");
        Arguments arguments =
                new Arguments()
                        .with(DNNL_ARG_SRC_0, flat)
                        .with(DNNL_ARG_SRC_1, flats.get(0).value)
                        .with(DNNL_ARG_DST, result);
        for (int i = 0; i < rest.size(); i++) {
            arguments.with(PostOperations.place(i), rest.get(i).value);
        }
        sequence.append(description, arguments);
        return followed(target, function, x, terms);
    }

    /** How many terms to combine at once: numbers for all examples or for each, not both. */
    private static int together(Value x, List<Term> terms) {
        boolean examples = false;
        boolean channels = false;
        for (int i = 0; i < terms.size(); i++) {
            examples |= terms.get(i).isOfExamples(x.dims);
            channels |= x.dims[0] > 1 && terms.get(i).isOfChannels();
            if (examples && channels) {
                return i;
            }
        }
        return terms.size();
    }

    /** A constant {@code [1, C, 1, 1]} to combine values with; C may be 1. */
    public Value constant(Supplier<float[]> values, long channels) {
        long[] dims = {1, channels, 1, 1};
        return sequence.constant(values, dims, OneDnn.dense(dims));
    }

    /** {@code [N, 1, C, W]} as {@code [N, C, 1, W]}. */
    public Value rowsAsChannels(Value x) {
        Value dense = sequence.reordered(x, OneDnn.dense(x.dims));
        long[] dims = {x.dims[0], x.dims[2], 1, x.dims[3]};
        return sequence.read(dense, OneDnn.dense(dims), dims);
    }

    /** Ends the program: the output, with a softmax over the channels if wanted. */
    public void output(Value x, boolean softmax) {
        dnnl_memory_desc_t dense = OneDnn.dense(x.dims);
        output = sequence.value(x.dims, dense);
        if (rectified.contains(x)) {
            watch(x);
        }
        if (!softmax) {
            sequence.copy(x, output);
            return;
        }
        dnnl_softmax_desc_t operation = new dnnl_softmax_desc_t();
        OneDnn.check(
                dnnl_softmax_forward_desc_init(operation, dnnl_forward_inference, dense, 1),
                "softmax");
        ThreadCount threads = ThreadCount.forElements(ArrayUtil.prodLong(x.dims));
        sequence.append(
                sequence.describe(operation, PostOperations.NONE, threads, "softmax"),
                new Arguments()
                        .with(DNNL_ARG_SRC, sequence.reordered(x, dense))
                        .with(DNNL_ARG_DST, output));
    }

    // ---- running --------------------------------------------------------------------------------

    /** Computes the constants anew. */
    public void refresh() {
        try {
            sequence.refresh();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Runs the program on some examples of a batch.
     *
     * @param x the batch; contiguous in 'c' order
     * @param y receives the output; contiguous in 'c' order
     * @param first index of the first example
     * @return false if a watched value has NaN or infinity, or may have, as a sum of its overflows
     */
    public boolean run(INDArray x, INDArray y, long first) {
        try {
            sequence.run(
                    OneDnn.address(x) + first * input.exampleBytes(),
                    output,
                    OneDnn.address(y) + first * output.exampleBytes());
            return watched.values().stream().allMatch(Value::isFinite);
        } finally {
            Reference.reachabilityFence(x);
            Reference.reachabilityFence(y);
            Reference.reachabilityFence(this);
        }
    }

    /** Size of the largest intermediate value in bytes. */
    public long largest() {
        return sequence.largest();
    }

    // ---- layouts --------------------------------------------------------------------------------

    /** Whether channels are in blocks, neither first nor last. */
    private static boolean blocked(Value x) {
        return dnnl_memory_desc_equal(x.layout, tagged(x.dims, dnnl_abcd)) == 0
                && dnnl_memory_desc_equal(x.layout, tagged(x.dims, dnnl_acdb)) == 0;
    }

    /** Images without gaps as {@code [1, N * C, H, W]}. */
    private Value flat(Value x) {
        long[] flat = {1, x.dims[0] * x.dims[1], x.dims[2], x.dims[3]};
        return sequence.read(x, OneDnn.dense(flat), flat);
    }

    private static dnnl_memory_desc_t tagged(long[] dims, int tag) {
        dnnl_memory_desc_t result = new dnnl_memory_desc_t();
        OneDnn.check(
                dnnl_memory_desc_init_by_tag(result, dims.length, dims, dnnl_f32, tag), "layout");
        return result;
    }
}
