package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_equal;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_reshape;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_exec_arg_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A oneDNN operation for fixed shapes, or several in sequence, ready to run on arrays. An argument
 * whose preferred layout differs from that of the caller's array is reordered, once for all
 * operations that want the same layout. Intermediate values stay in the layout in which they were
 * computed.
 *
 * <p>Belongs to one thread, see {@link PrimitiveCache}.
 */
final class Primitive {

    private static final Cleaner CLEANER = Cleaner.create();

    /** The caller's arrays, in the order in which they are given; null for absent ones. */
    private final dnnl_memory[] arrays;

    private final List<Block> blocks;
    private final long scratchBytes;

    /** Reorders and operations. */
    private final Execution[] steps;

    private final Address address = new Address();
    private ThreadCount threads = ThreadCount.ALL;

    private Primitive(List<dnnl_memory> arrays, List<Block> blocks, List<Execution> steps) {
        this.arrays = arrays.toArray(new dnnl_memory[0]);
        this.blocks = blocks;
        this.scratchBytes = blocks.stream().mapToLong(Block::end).max().orElse(0);
        this.steps = steps.toArray(new Execution[0]);
    }

    /** The same, run by the given threads. */
    Primitive runBy(ThreadCount threads) {
        this.threads = threads;
        return this;
    }

    /** Runs it on arrays, see {@link #execute(Operand...)}. */
    void execute(INDArray... arrays) {
        Operand[] operands = new Operand[arrays.length];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = Operand.of(arrays[i]);
        }
        execute(operands);
    }

    /**
     * Runs it.
     *
     * @param operands the arguments in the order in which they were declared, with the declared
     *     layouts; then any that were not declared
     */
    void execute(Operand... operands) {
        int before = threads.enter();
        try {
            for (int i = 0; i < arrays.length; i++) {
                if (arrays[i] != null) {
                    dnnl_memory_set_data_handle(arrays[i], address.of(operands[i].address()));
                }
            }
            long scratch = Scratch.address(scratchBytes);
            for (Block block : blocks) {
                address.of(scratch + block.offset);
                block.memories.forEach(m -> dnnl_memory_set_data_handle(m, address));
            }
            for (Execution step : steps) {
                step.run();
            }
        } finally {
            threads.leave(before);
            Reference.reachabilityFence(operands);
        }
    }

    /** Scratch memory of a value that lives from one step to another. */
    private static final class Block {

        /** The memory, in each shape in which it is read. */
        private final List<dnnl_memory> memories = new ArrayList<>();

        private final long bytes;
        private final int first;
        private int last;
        private long offset;

        Block(dnnl_memory memory, long bytes, int first) {
            this.memories.add(memory);
            this.bytes = bytes;
            this.first = first;
            this.last = first;
        }

        long end() {
            return offset + bytes;
        }

        /** Takes the first place that the blocks before it leave while it lives. */
        void placeAfter(List<Block> before) {
            List<Block> live = new ArrayList<>(before);
            live.removeIf(block -> block.last < first || block.first > last);
            live.sort(Comparator.comparingLong(block -> block.offset));
            for (Block block : live) {
                if (block.offset >= offset + bytes) {
                    return;
                }
                offset = Math.max(offset, Scratch.aligned(block.end()));
            }
        }
    }

    /** A value: a memory that operations use, and its layout. */
    private static final class Value {

        private final dnnl_memory_desc_t layout;
        private final dnnl_memory memory;

        /** Null for a caller's array. */
        private final Block block;

        Value(dnnl_memory_desc_t layout, dnnl_memory memory, Block block) {
            this.layout = layout;
            this.memory = memory;
            this.block = block;
        }
    }

    /**
     * Collects the operations and their arguments. An argument of the caller is known by its number
     * in the order of declaration, an intermediate value by a negative number.
     */
    static final class Builder {

        private final Handles handles = new Handles();
        private final List<dnnl_memory> arrays = new ArrayList<>();
        private final List<Block> blocks = new ArrayList<>();
        private final List<Execution> steps = new ArrayList<>();

        /** All values by number, each in the layouts in which it was read or written. */
        private final Map<Integer, List<Value>> values = new HashMap<>();

        /** The operation whose arguments are being declared. */
        private dnnl_primitive_desc operation;

        private final List<Integer> arguments = new ArrayList<>();
        private final List<Value> operands = new ArrayList<>();

        /** Reorders of the operation's outputs. */
        private final List<Runnable> outputs = new ArrayList<>();

        /**
         * Starts with an operation.
         *
         * @param operation oneDNN's descriptor of the operation
         * @param attributes attributes such as fused operations, or null
         * @param name for messages
         * @throws UnsupportedOperationException if oneDNN does not support this
         */
        Builder(Pointer operation, dnnl_primitive_attr attributes, String name) {
            this.operation = handles.describe(operation, attributes, null, name);
        }

        private Builder() {}

        /**
         * Starts with a backward operation.
         *
         * @param forward oneDNN's descriptor of its forward operation
         * @throws UnsupportedOperationException if oneDNN does not support this
         */
        static Builder backward(Pointer operation, Pointer forward, String name) {
            return new Builder().thenBackward(operation, forward, name);
        }

        /** Continues with another operation: the arguments that follow are its own. */
        Builder then(Pointer operation, String name) {
            append();
            this.operation = handles.describe(operation, null, null, name);
            return this;
        }

        /** Continues with another backward operation. */
        Builder thenBackward(Pointer operation, Pointer forward, String name) {
            append();
            dnnl_primitive_desc hint = handles.describe(forward, null, null, name);
            this.operation = handles.describe(operation, null, hint, name);
            return this;
        }

        /** The next argument, read or written, in the caller's own layout. */
        Builder plain(int argument, dnnl_memory_desc_t layout) {
            return use(argument, declared(layout));
        }

        /**
         * The next argument, read.
         *
         * @param argument oneDNN's DNNL_ARG_...
         * @param given the caller's layout; null for an absent argument
         */
        Builder input(int argument, dnnl_memory_desc_t given) {
            int number = arrays.size();
            Value array = declared(given);
            return array == null ? this : again(argument, number);
        }

        /** The next argument, written; as {@link #input}. */
        Builder output(int argument, dnnl_memory_desc_t given) {
            Value array = declared(given);
            if (array == null) {
                return this;
            }
            dnnl_memory_desc_t wanted = wanted(argument);
            if (dnnl_memory_desc_equal(given, wanted) != 0) {
                return use(argument, array);
            }
            Value result = scratch(reshaped(wanted, given));
            outputs.add(() -> reorder(result, array));
            return use(argument, readAs(result, wanted));
        }

        /** An intermediate value, written. */
        Builder intermediate(int argument, int number) {
            Value result = scratch(wanted(argument));
            values.computeIfAbsent(number, n -> new ArrayList<>()).add(result);
            return use(argument, result);
        }

        /**
         * An argument or intermediate value of an operation before, read. Its shape may differ by
         * dimensions of size 1.
         */
        Builder again(int argument, int number) {
            dnnl_memory_desc_t wanted = wanted(argument);
            List<Value> known = values.get(number);
            dnnl_memory_desc_t layout = reshaped(wanted, known.get(0).layout);
            for (Value value : known) {
                if (dnnl_memory_desc_equal(value.layout, layout) != 0) {
                    return use(argument, readAs(value, wanted));
                }
            }
            Value result = scratch(layout);
            reorder(known.get(0), result);
            known.add(result);
            return use(argument, readAs(result, wanted));
        }

        /** The same memory in another shape. */
        private Value readAs(Value value, dnnl_memory_desc_t layout) {
            if (dnnl_memory_desc_equal(value.layout, layout) != 0) {
                return value;
            }
            if (value.block == null) {
                throw new UnsupportedOperationException("the array in another shape");
            }
            dnnl_memory memory = handles.memory(layout);
            value.block.memories.add(memory);
            return new Value(layout, memory, value.block);
        }

        /**
         * The same memory's layout in the shape of another.
         *
         * @throws UnsupportedOperationException if the shapes differ by more than ones
         */
        private static dnnl_memory_desc_t reshaped(
                dnnl_memory_desc_t layout, dnnl_memory_desc_t like) {
            long[] from = dims(layout);
            long[] to = dims(like);
            if (Arrays.equals(from, to)) {
                return layout;
            }
            long[] core = Arrays.stream(from).filter(d -> d != 1).toArray();
            if (!Arrays.equals(core, Arrays.stream(to).filter(d -> d != 1).toArray())) {
                throw new UnsupportedOperationException(
                        Arrays.toString(from) + " as " + Arrays.toString(to));
            }
            return reshaped(reshaped(layout, core), to);
        }

        private static dnnl_memory_desc_t reshaped(dnnl_memory_desc_t layout, long[] dims) {
            dnnl_memory_desc_t result = new dnnl_memory_desc_t();
            if (dnnl_memory_desc_reshape(result, layout, dims.length, dims) != dnnl_success) {
                throw new UnsupportedOperationException("layout in " + Arrays.toString(dims));
            }
            return result;
        }

        private static long[] dims(dnnl_memory_desc_t layout) {
            long[] dims = new long[layout.ndims()];
            layout.dims().get(dims);
            return dims;
        }

        /** The layout that the operation prefers. */
        private dnnl_memory_desc_t wanted(int argument) {
            return dnnl_primitive_desc_query_md(operation, dnnl_query_exec_arg_md, argument);
        }

        /** The primitive. */
        Primitive build() {
            append();
            for (int i = 0; i < blocks.size(); i++) {
                blocks.get(i).placeAfter(blocks.subList(0, i));
            }
            Primitive result = new Primitive(arrays, blocks, steps);
            CLEANER.register(result, handles);
            return result;
        }

        private Value declared(dnnl_memory_desc_t layout) {
            if (layout == null) {
                arrays.add(null);
                return null;
            }
            Value result = new Value(layout, handles.memory(layout), null);
            values.computeIfAbsent(arrays.size(), n -> new ArrayList<>()).add(result);
            arrays.add(result.memory);
            return result;
        }

        private Value scratch(dnnl_memory_desc_t layout) {
            dnnl_memory memory = handles.memory(layout);
            Block block = new Block(memory, dnnl_memory_desc_get_size(layout), steps.size());
            blocks.add(block);
            return new Value(layout, memory, block);
        }

        private Builder use(int argument, Value value) {
            arguments.add(argument);
            operands.add(value);
            return this;
        }

        private void reorder(Value from, Value to) {
            dnnl_primitive primitive = handles.reorder(from.layout, to.layout);
            add(primitive, List.of(DNNL_ARG_FROM, DNNL_ARG_TO), List.of(from, to));
        }

        private void add(dnnl_primitive primitive, List<Integer> arguments, List<Value> operands) {
            int count = arguments.size();
            dnnl_exec_arg_t list = new dnnl_exec_arg_t(count);
            for (int i = 0; i < count; i++) {
                Value operand = operands.get(i);
                list.position(i).arg(arguments.get(i)).memory(operand.memory);
                if (operand.block != null) {
                    operand.block.last = steps.size();
                }
            }
            steps.add(new Execution(primitive, list.position(0), count));
        }

        /** Appends the operation that was declared, and the reorders of its outputs. */
        private void append() {
            if (operation == null) {
                return;
            }
            add(handles.primitive(operation), arguments, operands);
            outputs.forEach(Runnable::run);
            arguments.clear();
            operands.clear();
            outputs.clear();
        }
    }
}
