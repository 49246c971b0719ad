package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_equal;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_init_submemory;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_impl_info_str;

import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.lamina.onednn.Program.Value;
import org.nd4j.common.util.ArrayUtil;

/** Primitives in the sequence in which they run, and the memory that they work on. */
final class Sequence {

    private static final Cleaner CLEANER = Cleaner.create();

    private final Handles handles = new Handles();
    private final List<Step> steps = new ArrayList<>();
    private final List<Constant> constants = new ArrayList<>();

    /** The input's memory, in each shape in which it is read. */
    private final List<dnnl_memory> inputs = new ArrayList<>();

    private long largest;

    private final Address address = new Address();

    Sequence() {
        CLEANER.register(this, handles);
    }

    /** Primitives and the threads to run each. */
    private record Step(List<Execution> executions, ThreadCount threads) {

        void run() {
            threads.run(() -> executions.forEach(Execution::run));
        }
    }

    /** Numbers in 'c' order, and how to bring them into the layout that is used. */
    private record Constant(Supplier<float[]> values, Value plain, Execution reorder) {

        void refresh() {
            float[] current = values.get();
            long length = ArrayUtil.prodLong(plain.dims);
            if (current.length != length) {
                throw new IllegalStateException(
                        current.length + " numbers for a constant of " + length);
            }
            OneDnn.assign(plain.address, current);
            reorder.run();
        }
    }

    /** An operation as oneDNN is going to carry it out. */
    record Description(dnnl_primitive_desc description, ThreadCount threads) {

        dnnl_memory_desc_t layout(int what, int index) {
            return dnnl_primitive_desc_query_md(description, what, index);
        }

        /** Whether it is oneDNN's slow, portable code, whose sigmoid of NaN is 0. */
        boolean isReference() {
            return name().startsWith("ref");
        }

        /** Whether it is code made for this case, not a matrix product of rearranged input. */
        boolean isVectorCode() {
            return name().startsWith("jit") || name().startsWith("brg");
        }

        private String name() {
            PointerPointer<BytePointer> implementation = new PointerPointer<>(1);
            OneDnn.check(
                    dnnl_primitive_desc_query(
                            description, dnnl_query_impl_info_str, 0, implementation),
                    "query");
            return implementation.get(BytePointer.class, 0).getString();
        }
    }

    /** What a primitive is run with. */
    static final class Arguments {

        private final List<Integer> places = new ArrayList<>();
        private final List<Value> values = new ArrayList<>();

        Arguments with(int place, Value value) {
            places.add(place);
            values.add(value);
            return this;
        }

        private dnnl_exec_arg_t all() {
            dnnl_exec_arg_t all = new dnnl_exec_arg_t(places.size());
            for (int i = 0; i < places.size(); i++) {
                all.position(i).arg(places.get(i)).memory(values.get(i).memory);
            }
            return all.position(0);
        }
    }

    // ---- memory ---------------------------------------------------------------------------------

    /** New memory for an intermediate value. */
    Value value(long[] dims, dnnl_memory_desc_t layout) {
        largest = Math.max(largest, dnnl_memory_desc_get_size(layout));
        return allocated(dims, layout);
    }

    private Value allocated(long[] dims, dnnl_memory_desc_t layout) {
        return value(dims, layout, handles.zeros(dnnl_memory_desc_get_size(layout)));
    }

    private Value value(long[] dims, dnnl_memory_desc_t layout, long place) {
        dnnl_memory memory = handles.memory(layout);
        dnnl_memory_set_data_handle(memory, new Address().of(place));
        return new Value(dims, layout, memory, place);
    }

    /** The input of a run. */
    Value input(long[] dims) {
        Value input = value(dims, OneDnn.dense(dims), 0);
        inputs.add(input.memory);
        return input;
    }

    /** The same memory in another shape. */
    Value read(Value x, dnnl_memory_desc_t layout, long... dims) {
        Value result = value(dims, layout, x.address);
        if (inputs.contains(x.memory)) {
            inputs.add(result.memory);
        }
        return result;
    }

    /** An example, in the layout of one. */
    Value example(Value x, dnnl_memory_desc_t layout, long index) {
        long[] dims = x.dims.clone();
        dims[0] = 1;
        return value(dims, layout, x.address + index * x.exampleBytes());
    }

    /** A layout of one example for several. */
    static dnnl_memory_desc_t layout(dnnl_memory_desc_t one, long examples) {
        dnnl_memory_desc_t result = new dnnl_memory_desc_t();
        result.put(one);
        result.dims().put(0, examples);
        result.padded_dims().put(0, examples);
        return result;
    }

    Value constant(Supplier<float[]> values, long[] dims, dnnl_memory_desc_t wanted) {
        Value plain = allocated(dims, OneDnn.dense(dims));
        Value used = allocated(dims, wanted);
        constants.add(new Constant(values, plain, reorder(plain, plain.layout, used, wanted)));
        return used;
    }

    /** Size of the largest intermediate value in bytes. */
    long largest() {
        return largest;
    }

    // ---- primitives -----------------------------------------------------------------------------

    /** oneDNN plans the work for the number of threads at this time. */
    Description describe(
            Pointer operation, PostOperations after, ThreadCount threads, String name) {
        int before = threads.enter();
        try {
            Description description =
                    new Description(
                            after.with(name, a -> handles.describe(operation, a, null, name)),
                            threads);
            if (after.isSigmoid() && description.isReference()) {
                throw new UnsupportedOperationException(
                        "oneDNN has no sigmoid that keeps NaN after this " + name);
            }
            return description;
        } finally {
            threads.leave(before);
        }
    }

    void append(Description description, Arguments arguments) {
        append(
                new Execution(
                        handles.primitive(description.description),
                        arguments.all(),
                        arguments.places.size()),
                description.threads);
    }

    private void append(Execution execution, ThreadCount threads) {
        if (steps.isEmpty() || steps.get(steps.size() - 1).threads != threads) {
            steps.add(new Step(new ArrayList<>(), threads));
        }
        steps.get(steps.size() - 1).executions.add(execution);
    }

    private Execution reorder(
            Value from, dnnl_memory_desc_t fromLayout, Value to, dnnl_memory_desc_t toLayout) {
        Arguments arguments = new Arguments().with(DNNL_ARG_FROM, from).with(DNNL_ARG_TO, to);
        return new Execution(handles.reorder(fromLayout, toLayout), arguments.all(), 2);
    }

    /** Copies a value, whose layout may be another. */
    void copy(Value from, Value to) {
        append(
                reorder(from, from.layout, to, to.layout),
                ThreadCount.forElements(ArrayUtil.prodLong(from.dims)));
    }

    /** x itself if it has the layout, otherwise a copy. */
    Value reordered(Value x, dnnl_memory_desc_t wanted) {
        if (dnnl_memory_desc_equal(x.layout, wanted) != 0) {
            return x;
        }
        boolean single = x.dims[2] * x.dims[3] == 1; // all layouts without gaps are the same
        if (single && !x.hasGaps() && dnnl_memory_desc_get_size(wanted) == x.bytes()) {
            return read(x, wanted, x.dims);
        }
        Value result = value(x.dims, wanted);
        copy(x, result);
        return result;
    }

    /** A copy of x with zeros around it. */
    Value padded(Value x, long[] dims, int[] before, dnnl_memory_desc_t wanted) {
        Value all = value(dims, wanted);
        dnnl_memory_desc_t inner = new dnnl_memory_desc_t();
        OneDnn.check(
                dnnl_memory_desc_init_submemory(
                        inner, wanted, x.dims, new long[] {0, 0, before[0], before[1]}),
                "padding");
        copy(x, value(x.dims, inner, all.address));
        return all;
    }

    // ---- running --------------------------------------------------------------------------------

    /** Computes the constants anew. */
    void refresh() {
        constants.forEach(Constant::refresh);
    }

    /** Runs the primitives with the input and the output at these addresses. */
    void run(long x, Value output, long y) {
        address.of(x);
        inputs.forEach(input -> dnnl_memory_set_data_handle(input, address));
        dnnl_memory_set_data_handle(output.memory, address.of(y));
        steps.forEach(Step::run);
    }
}
