package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_abcd;
import static org.bytedeco.dnnl.global.dnnl.dnnl_acdb;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_mul;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_auto;
import static org.bytedeco.dnnl.global.dnnl.dnnl_dilated_convolution_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_equal;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_init_by_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_init_submemory;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_avg_exclude_padding;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_max;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_binary;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_post_ops;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_dst_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_impl_info_str;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_src_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_weights_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_softmax_forward_desc_init;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_binary_desc_t;
import org.bytedeco.dnnl.dnnl_convolution_desc_t;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_pooling_desc_t;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_softmax_desc_t;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
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

    /** From this padding on oneDNN's convolution uses slow code. */
    private static final int WIDE_PADDING = 16;

    private static final long ALIGNMENT = 64;

    private static final Cleaner CLEANER = Cleaner.create();

    private final Handles handles = new Handles();
    private final List<Step> steps = new ArrayList<>();
    private final List<Constant> constants = new ArrayList<>();

    /** What the addresses point to. */
    private final List<Pointer> memory = new ArrayList<>();

    private final Value input;

    /** The input's memory, in each shape in which it is read. */
    private final List<dnnl_memory> inputs = new ArrayList<>();

    private Value output;

    /** Means of the values that must be finite. */
    private final List<Value> watched = new ArrayList<>();

    private final Address address = new Address();

    /** A primitive and the threads to run it. */
    private record Step(Execution execution, ThreadCount threads) {

        void run() {
            int before = threads.enter();
            try {
                execution.run();
            } finally {
                threads.leave(before);
            }
        }
    }

    /** Numbers in 'c' order, and how to bring them into the layout that is used. */
    private record Constant(Supplier<float[]> values, long plain, long length, Execution reorder) {

        void refresh() {
            float[] current = values.get();
            if (current.length != length) {
                throw new IllegalStateException(
                        current.length + " numbers for a constant of " + length);
            }
            OneDnn.assign(plain, current);
            reorder.run();
        }
    }

    /** Intermediate values: images, in a layout of oneDNN's choice. */
    public static final class Value {

        private final long[] dims;
        private final dnnl_memory_desc_t layout;
        private final dnnl_memory memory;
        private final long address;

        private Value(long[] dims, dnnl_memory_desc_t layout, dnnl_memory memory, long address) {
            this.dims = dims;
            this.layout = layout;
            this.memory = memory;
            this.address = address;
        }

        /** {@code [N, C, H, W]}. */
        public long[] shape() {
            return dims.clone();
        }

        private boolean isFinite() {
            int length = (int) (dnnl_memory_desc_get_size(layout) / Float.BYTES);
            for (float value : OneDnn.values(address, length)) {
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
    }

    /** A program for input of this shape. */
    public Program(long... shape) {
        this.input = value(shape, OneDnn.dense(shape), 0);
        inputs.add(input.memory);
        CLEANER.register(this, handles);
    }

    /** The input. */
    public Value input() {
        return input;
    }

    // ---- operations -----------------------------------------------------------------------------

    /**
     * Convolution and a function of its output.
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
            ElementFunction function) {
        int[] before = geometry.padBefore();
        int[] after = geometry.padAfter();
        boolean wide = Math.max(widest(before), widest(after)) >= WIDE_PADDING;
        long[] padded = x.dims.clone();
        for (int d = 0; wide && d < 2; d++) {
            padded[2 + d] += (long) before[d] + after[d];
        }
        long groups = geometry.groups();
        int[] kernel = geometry.kernelSize();
        long inputs = x.dims[1] / groups;
        long[] w =
                groups == 1
                        ? new long[] {outputs, inputs, kernel[0], kernel[1]}
                        : new long[] {groups, outputs / groups, inputs, kernel[0], kernel[1]};
        long[] y = geometry.outputShape(x.dims, outputs);
        dnnl_convolution_desc_t operation = new dnnl_convolution_desc_t();
        long[] dilation = ArrayUtil.toLongArray(geometry.dilation());
        OneDnn.check(
                dnnl_dilated_convolution_forward_desc_init(
                        operation,
                        dnnl_forward_inference,
                        dnnl_convolution_auto,
                        OneDnn.any(padded),
                        OneDnn.any(w),
                        bias == null ? null : OneDnn.any(new long[] {outputs}),
                        OneDnn.any(y),
                        ArrayUtil.toLongArray(geometry.stride()),
                        Arrays.stream(dilation).map(d -> d - 1).toArray(),
                        wide ? new long[2] : ArrayUtil.toLongArray(before),
                        wide ? new long[2] : trailing(geometry, x.dims, y)),
                "convolution");
        long products = ArrayUtil.prodLong(y) * ArrayUtil.prodLong(w) / outputs;
        ThreadCount threads = ThreadCount.forMultiplications(products);
        dnnl_primitive_desc description =
                describe(operation, List.of(), function, threads, "convolution");
        dnnl_memory_desc_t wanted = query(description, dnnl_query_src_md, 0);
        Value source = wide ? padded(x, padded, before, wanted) : reordered(x, wanted);
        Value target = value(y, query(description, dnnl_query_dst_md, 0));
        Arguments arguments = new Arguments().with(DNNL_ARG_SRC, source).with(DNNL_ARG_DST, target);
        arguments.with(
                DNNL_ARG_WEIGHTS,
                constant(weight, w, query(description, dnnl_query_weights_md, 0)));
        if (bias != null) {
            dnnl_memory_desc_t vector = query(description, dnnl_query_weights_md, 1);
            arguments.with(DNNL_ARG_BIAS, constant(bias, new long[] {outputs}, vector));
        }
        append(description, arguments, threads);
        return target;
    }

    private static int widest(int[] padding) {
        return Arrays.stream(padding).max().orElse(0);
    }

    /** The trailing padding, negative where no window reaches the last positions. */
    private static long[] trailing(ConvGeometry geometry, long[] x, long[] y) {
        long[] result = new long[2];
        for (int d = 0; d < 2; d++) {
            long window = (geometry.kernelSize()[d] - 1L) * geometry.dilation()[d] + 1;
            result[d] =
                    (y[2 + d] - 1) * geometry.stride()[d]
                            + window
                            - x[2 + d]
                            - geometry.padBefore()[d];
        }
        return result;
    }

    /** Mean or maximum of windows, without padding. */
    public Value pooling(Value x, boolean maximum, int[] kernel, int[] stride) {
        long[] window = ArrayUtil.toLongArray(kernel);
        long[] step = ArrayUtil.toLongArray(stride);
        long[] y = x.dims.clone();
        long[] after = new long[2];
        for (int d = 0; d < 2; d++) {
            y[2 + d] = (x.dims[2 + d] - window[d]) / step[d] + 1;
            after[d] = (y[2 + d] - 1) * step[d] + window[d] - x.dims[2 + d];
        }
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
                        new long[2],
                        after),
                "pooling");
        ThreadCount threads = ThreadCount.forElements(ArrayUtil.prodLong(x.dims));
        dnnl_primitive_desc description = describe(operation, List.of(), null, threads, "pooling");
        Value target = value(y, query(description, dnnl_query_dst_md, 0));
        Arguments arguments = new Arguments().with(DNNL_ARG_SRC, x).with(DNNL_ARG_DST, target);
        append(description, arguments, threads);
        return target;
    }

    /** Makes {@link #run} tell whether all of a value is finite. */
    public void watch(Value x) {
        int[] all = {(int) x.dims[2], (int) x.dims[3]};
        watched.add(pooling(x, false, all, all)); // a mean with NaN or infinity is not finite
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
        // As one image of N * C channels, since oneDNN is slow where a number is for an example; it
        // also is with blocks of channels, with which it moreover has no sigmoid that keeps NaN.
        boolean flatten = terms.stream().anyMatch(o -> ofExamples(x, o));
        boolean plain =
                flatten
                        || terms.stream().anyMatch(Program::ofChannels) && blocked(x)
                        || function != null && function.isSigmoid();
        Value source = plain ? reordered(x, OneDnn.dense(x.dims)) : x;
        Value flat = flatten ? flat(source) : source;
        List<Term> flats = new ArrayList<>();
        for (Term term : terms) {
            Value value = term.value;
            boolean images = Arrays.equals(value.dims, x.dims);
            value = reordered(value, images ? source.layout : OneDnn.dense(value.dims));
            flats.add(new Term(term.algorithm, flatten ? flat(value) : value));
        }
        Value target = value(source.dims, source.layout);
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
        ThreadCount threads = ThreadCount.forElements(ArrayUtil.prodLong(x.dims));
        dnnl_primitive_desc description =
                describe(operation, rest, function, threads, "sum or product");
        Arguments arguments =
                new Arguments()
                        .with(DNNL_ARG_SRC_0, flat)
                        .with(DNNL_ARG_SRC_1, flats.get(0).value)
                        .with(DNNL_ARG_DST, result);
        for (int i = 0; i < rest.size(); i++) {
            int place = (i + 1) * DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | DNNL_ARG_SRC_1;
            arguments.with(place, rest.get(i).value);
        }
        append(description, arguments, threads);
        return target;
    }

    /** Whether it has numbers for each example, not each position. */
    private static boolean ofExamples(Value x, Term term) {
        return term.value.dims[0] > 1 && !Arrays.equals(term.value.dims, x.dims);
    }

    /** Whether it has a number for each channel of all examples. */
    private static boolean ofChannels(Term term) {
        long[] dims = term.value.dims;
        return dims[0] == 1 && dims[1] > 1 && dims[2] * dims[3] == 1;
    }

    /** How many terms to combine at once: numbers for all examples or for each, not both. */
    private static int together(Value x, List<Term> terms) {
        boolean examples = false;
        boolean channels = false;
        for (int i = 0; i < terms.size(); i++) {
            examples |= ofExamples(x, terms.get(i));
            channels |= x.dims[0] > 1 && ofChannels(terms.get(i));
            if (examples && channels) {
                return i;
            }
        }
        return terms.size();
    }

    /** A constant {@code [1, C, 1, 1]} to combine values with; C may be 1. */
    public Value constant(Supplier<float[]> values, long channels) {
        long[] dims = {1, channels, 1, 1};
        return constant(values, dims, OneDnn.dense(dims));
    }

    /** {@code [N, 1, C, W]} as {@code [N, C, 1, W]}. */
    public Value rowsAsChannels(Value x) {
        Value dense = reordered(x, OneDnn.dense(x.dims));
        long[] dims = {x.dims[0], x.dims[2], 1, x.dims[3]};
        return read(dense, OneDnn.dense(dims), dims);
    }

    /** Ends the program: the output, with a softmax over the channels if wanted. */
    public void output(Value x, boolean softmax) {
        dnnl_memory_desc_t dense = OneDnn.dense(x.dims);
        output = value(x.dims, dense);
        ThreadCount threads = ThreadCount.forElements(ArrayUtil.prodLong(x.dims));
        if (!softmax) {
            steps.add(new Step(reorder(x, x.layout, output, dense), threads));
            return;
        }
        dnnl_softmax_desc_t operation = new dnnl_softmax_desc_t();
        OneDnn.check(
                dnnl_softmax_forward_desc_init(operation, dnnl_forward_inference, dense, 1),
                "softmax");
        dnnl_primitive_desc description = describe(operation, List.of(), null, threads, "softmax");
        Arguments arguments =
                new Arguments().with(DNNL_ARG_SRC, reordered(x, dense)).with(DNNL_ARG_DST, output);
        append(description, arguments, threads);
    }

    // ---- running --------------------------------------------------------------------------------

    /** Computes the constants anew. */
    public void refresh() {
        try {
            constants.forEach(Constant::refresh);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Runs the program.
     *
     * @param x the input; contiguous in 'c' order
     * @param y receives the output; contiguous in 'c' order
     * @return false if a watched value has NaN or infinity, or may have, as a sum of its overflows
     */
    public boolean run(INDArray x, INDArray y) {
        try {
            address.of(OneDnn.address(x));
            inputs.forEach(input -> dnnl_memory_set_data_handle(input, address));
            dnnl_memory_set_data_handle(output.memory, address.of(OneDnn.address(y)));
            steps.forEach(Step::run);
            return watched.stream().allMatch(Value::isFinite);
        } finally {
            Reference.reachabilityFence(x);
            Reference.reachabilityFence(y);
            Reference.reachabilityFence(this);
        }
    }

    // ---- memory ---------------------------------------------------------------------------------

    private Value value(long[] dims, dnnl_memory_desc_t layout) {
        return value(dims, layout, zeros(dnnl_memory_desc_get_size(layout)));
    }

    private Value value(long[] dims, dnnl_memory_desc_t layout, long address) {
        dnnl_memory memory = handles.memory(layout);
        dnnl_memory_set_data_handle(memory, new Address().of(address));
        return new Value(dims, layout, memory, address);
    }

    /** The same memory in another shape. */
    private Value read(Value x, dnnl_memory_desc_t layout, long... dims) {
        Value result = value(dims, layout, x.address);
        if (inputs.contains(x.memory)) {
            inputs.add(result.memory);
        }
        return result;
    }

    /** Address of new memory. */
    private long zeros(long bytes) {
        BytePointer all = new BytePointer(bytes + ALIGNMENT);
        Pointer.memset(all, 0, all.capacity());
        memory.add(all);
        return (all.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private Value constant(Supplier<float[]> values, long[] dims, dnnl_memory_desc_t wanted) {
        Value plain = value(dims, OneDnn.dense(dims));
        Value used = value(dims, wanted);
        Execution reorder = reorder(plain, plain.layout, used, wanted);
        constants.add(new Constant(values, plain.address, ArrayUtil.prodLong(dims), reorder));
        return used;
    }

    private Execution reorder(
            Value from, dnnl_memory_desc_t fromLayout, Value to, dnnl_memory_desc_t toLayout) {
        Arguments arguments = new Arguments().with(DNNL_ARG_FROM, from).with(DNNL_ARG_TO, to);
        return new Execution(
                handles.reorder(fromLayout, toLayout), arguments.values(), arguments.count());
    }

    private Value reordered(Value x, dnnl_memory_desc_t wanted) {
        if (dnnl_memory_desc_equal(x.layout, wanted) != 0) {
            return x;
        }
        Value result = value(x.dims, wanted);
        ThreadCount threads = ThreadCount.forElements(ArrayUtil.prodLong(x.dims));
        steps.add(new Step(reorder(x, x.layout, result, wanted), threads));
        return result;
    }

    /** A copy of x with zeros around it. */
    private Value padded(Value x, long[] dims, int[] before, dnnl_memory_desc_t wanted) {
        Value all = value(dims, wanted);
        dnnl_memory_desc_t inner = new dnnl_memory_desc_t();
        OneDnn.check(
                dnnl_memory_desc_init_submemory(
                        inner, wanted, x.dims, new long[] {0, 0, before[0], before[1]}),
                "padding");
        Value place = value(x.dims, inner, all.address);
        ThreadCount threads = ThreadCount.forElements(ArrayUtil.prodLong(x.dims));
        steps.add(new Step(reorder(x, x.layout, place, inner), threads));
        return all;
    }

    /** Whether channels are in blocks, neither first nor last. */
    private static boolean blocked(Value x) {
        return dnnl_memory_desc_equal(x.layout, tagged(x.dims, dnnl_abcd)) == 0
                && dnnl_memory_desc_equal(x.layout, tagged(x.dims, dnnl_acdb)) == 0;
    }

    /** Dense images as {@code [1, N * C, H, W]}. */
    private Value flat(Value x) {
        long[] flat = {1, x.dims[0] * x.dims[1], x.dims[2], x.dims[3]};
        return x.dims[0] == 1 ? x : read(x, OneDnn.dense(flat), flat);
    }

    private static dnnl_memory_desc_t tagged(long[] dims, int tag) {
        dnnl_memory_desc_t result = new dnnl_memory_desc_t();
        OneDnn.check(
                dnnl_memory_desc_init_by_tag(result, dims.length, dims, dnnl_f32, tag), "layout");
        return result;
    }

    // ---- primitives -----------------------------------------------------------------------------

    /** What a primitive is run with. */
    private static final class Arguments {

        private final List<Integer> places = new ArrayList<>();
        private final List<Value> arrays = new ArrayList<>();

        Arguments with(int place, Value value) {
            places.add(place);
            arrays.add(value);
            return this;
        }

        int count() {
            return places.size();
        }

        dnnl_exec_arg_t values() {
            dnnl_exec_arg_t values = new dnnl_exec_arg_t(count());
            for (int i = 0; i < count(); i++) {
                values.position(i).arg(places.get(i)).memory(arrays.get(i).memory);
            }
            return values.position(0);
        }
    }

    private void append(dnnl_primitive_desc description, Arguments arguments, ThreadCount threads) {
        Execution execution =
                new Execution(
                        handles.primitive(description), arguments.values(), arguments.count());
        steps.add(new Step(execution, threads));
    }

    private static dnnl_memory_desc_t query(dnnl_primitive_desc description, int what, int index) {
        return dnnl_primitive_desc_query_md(description, what, index);
    }

    /** Whether it is oneDNN's slow, portable code, whose sigmoid of NaN is 0. */
    private static boolean isReference(dnnl_primitive_desc description) {
        PointerPointer<BytePointer> implementation = new PointerPointer<>(1);
        OneDnn.check(
                dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, implementation),
                "query");
        return implementation.get(BytePointer.class, 0).getString().startsWith("ref");
    }

    /** oneDNN plans the work for the number of threads at this time. */
    private dnnl_primitive_desc describe(
            Pointer operation,
            List<Term> terms,
            ElementFunction function,
            ThreadCount threads,
            String name) {
        int before = threads.enter();
        PointerPointer<dnnl_post_ops> list = new PointerPointer<>(1);
        OneDnn.check(dnnl_post_ops_create(list), name);
        dnnl_post_ops appended = list.get(dnnl_post_ops.class, 0);
        PointerPointer<dnnl_primitive_attr> created = new PointerPointer<>(1);
        OneDnn.check(dnnl_primitive_attr_create(created), name);
        dnnl_primitive_attr attributes = created.get(dnnl_primitive_attr.class, 0);
        try {
            for (Term term : terms) {
                OneDnn.check(
                        dnnl_post_ops_append_binary(appended, term.algorithm, term.value.layout),
                        name);
            }
            if (function != null) {
                function.appendTo(appended);
            }
            OneDnn.check(dnnl_primitive_attr_set_post_ops(attributes, appended), name);
            dnnl_primitive_desc description = handles.describe(operation, attributes, null, name);
            if (function != null && function.isSigmoid() && isReference(description)) {
                throw new UnsupportedOperationException(
                        "oneDNN has no sigmoid that keeps NaN after this " + name);
            }
            return description;
        } finally {
            threads.leave(before);
            dnnl_post_ops_destroy(appended);
            dnnl_primitive_attr_destroy(attributes);
        }
    }
}
