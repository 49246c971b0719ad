package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_equal;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A oneDNN operation for fixed shapes, ready to run on arrays. An argument whose preferred layout
 * differs from that of the caller's array is reordered.
 *
 * <p>Belongs to one thread, see {@link PrimitiveCache}.
 */
final class Primitive {

    private static final Cleaner CLEANER = Cleaner.create();

    private final Slot[] slots;
    private final Execution main;
    private ThreadCount threads = ThreadCount.ALL;

    private Primitive(Slot[] slots, Execution main) {
        this.slots = slots;
        this.main = main;
    }

    /** The same, run by the given threads. */
    Primitive runBy(ThreadCount threads) {
        this.threads = threads;
        return this;
    }

    /** Runs it on arrays, see {@link #execute(Operand...)}. */
    void execute(INDArray... arrays) {
        Operand[] operands = new Operand[slots.length];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = Operand.of(arrays[i]);
        }
        execute(operands);
    }

    /**
     * Runs it.
     *
     * @param operands the arguments in the order in which they were declared, with the declared
     *     layouts; followed by any for an optional one that was not declared
     */
    void execute(Operand... operands) {
        Scratch scratch = Scratch.current();
        int before = threads.enter();
        try {
            for (int i = 0; i < slots.length; i++) {
                slots[i].before(operands[i].address(), scratch);
            }
            main.run();
            for (Slot slot : slots) {
                slot.after();
            }
        } finally {
            threads.leave(before);
            scratch.release();
            Reference.reachabilityFence(operands);
        }
    }

    /** Collects the arguments of a primitive. */
    static final class Builder {

        private final Handles handles;
        private final dnnl_primitive_desc description;
        private final List<Slot> slots = new ArrayList<>();
        private final List<Integer> arguments = new ArrayList<>();

        /**
         * Starts with an operation.
         *
         * @param operation oneDNN's descriptor of the operation
         * @param attributes attributes such as fused operations, or null
         * @param name for messages
         * @throws UnsupportedOperationException if oneDNN does not support this
         */
        Builder(Pointer operation, dnnl_primitive_attr attributes, String name) {
            this(new Handles(), operation, attributes, null, name);
        }

        private Builder(
                Handles handles,
                Pointer operation,
                dnnl_primitive_attr attributes,
                dnnl_primitive_desc hint,
                String name) {
            this.handles = handles;
            this.description = handles.describe(operation, attributes, hint, name);
        }

        /**
         * Starts with a backward operation.
         *
         * @param forward oneDNN's descriptor of its forward operation
         * @throws UnsupportedOperationException if oneDNN does not support this
         */
        static Builder backward(Pointer operation, Pointer forward, String name) {
            Handles handles = new Handles();
            dnnl_primitive_desc hint = handles.describe(forward, null, null, name);
            return new Builder(handles, operation, null, hint, name);
        }

        /** The next argument, read or written, in the caller's own layout. */
        Builder plain(int argument, dnnl_memory_desc_t layout) {
            arguments.add(argument);
            slots.add(new Slot(handles, layout, layout, false));
            return this;
        }

        /**
         * The next argument, read.
         *
         * @param argument oneDNN's DNNL_ARG_...
         * @param query query for the layout that the operation prefers, dnnl_query_..._md
         * @param given the caller's layout
         */
        Builder input(int argument, int query, dnnl_memory_desc_t given) {
            return add(argument, query, 0, given, false);
        }

        /** The next argument, read; {@code index} distinguishes those of one query. */
        Builder input(int argument, int query, int index, dnnl_memory_desc_t given) {
            return add(argument, query, index, given, false);
        }

        /** The next argument, written. */
        Builder output(int argument, int query, dnnl_memory_desc_t given) {
            return add(argument, query, 0, given, true);
        }

        /** The next argument, written; {@code index} distinguishes those of one query. */
        Builder output(int argument, int query, int index, dnnl_memory_desc_t given) {
            return add(argument, query, index, given, true);
        }

        private Builder add(
                int argument, int query, int index, dnnl_memory_desc_t given, boolean output) {
            dnnl_memory_desc_t wanted = dnnl_primitive_desc_query_md(description, query, index);
            arguments.add(argument);
            slots.add(new Slot(handles, given, wanted, output));
            return this;
        }

        /** The primitive. */
        Primitive build() {
            int count = slots.size();
            dnnl_exec_arg_t values = new dnnl_exec_arg_t(count);
            for (int i = 0; i < count; i++) {
                values.position(i).arg(arguments.get(i)).memory(slots.get(i).operand);
            }
            Execution main =
                    new Execution(handles.primitive(description), values.position(0), count);
            Primitive result = new Primitive(slots.toArray(new Slot[0]), main);
            CLEANER.register(result, handles);
            return result;
        }
    }

    /** An argument: the layout of the caller's array and the one that the primitive uses. */
    private static final class Slot {

        private final boolean output;

        /** The caller's array. */
        private final dnnl_memory array;

        /** What the primitive works on: the array itself, or reordered memory. */
        private final dnnl_memory operand;

        /** Reorders between the two; null if they are the same. */
        private final Execution reorder;

        private final long operandBytes;
        private final Address address = new Address();

        Slot(Handles handles, dnnl_memory_desc_t given, dnnl_memory_desc_t wanted, boolean output) {
            this.output = output;
            this.array = handles.memory(given);
            if (dnnl_memory_desc_equal(given, wanted) != 0) {
                this.operand = array;
                this.operandBytes = 0;
                this.reorder = null;
                return;
            }
            this.operand = handles.memory(wanted);
            this.operandBytes = dnnl_memory_desc_get_size(wanted);
            dnnl_exec_arg_t values = new dnnl_exec_arg_t(2);
            values.position(0).arg(DNNL_ARG_FROM).memory(output ? operand : array);
            values.position(1).arg(DNNL_ARG_TO).memory(output ? array : operand);
            dnnl_primitive primitive =
                    output ? handles.reorder(wanted, given) : handles.reorder(given, wanted);
            this.reorder = new Execution(primitive, values.position(0), 2);
        }

        void before(long values, Scratch scratch) {
            dnnl_memory_set_data_handle(array, address.of(values));
            if (reorder != null) {
                dnnl_memory_set_data_handle(operand, address.of(scratch.block(operandBytes)));
                if (!output) {
                    reorder.run();
                }
            }
        }

        void after() {
            if (reorder != null && output) {
                reorder.run();
            }
        }
    }
}
