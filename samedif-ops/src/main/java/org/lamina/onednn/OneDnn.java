package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_format_tag_any;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_init_by_strides;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_init_by_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_default_flags;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;
import static org.bytedeco.dnnl.global.dnnl.dnnl_unimplemented;

import java.lang.ref.Reference;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * oneDNN called directly instead of through libnd4j: it supports groups, dilation and any padding,
 * runs a primitive in 5 microseconds where a libnd4j op takes 10 to 30, and caches what it prepared
 * for a shape.
 *
 * <p>It supports float arrays of a CPU backend. Otherwise (double, half, another backend, a
 * platform without natives of {@code org.bytedeco:dnnl}, or {@code -Dlamina.onednn=false}) the
 * callers use ND4J's ops, with the same numbers.
 */
public final class OneDnn {

    /** System property; {@code false} turns this engine off. */
    public static final String PROPERTY = "lamina.onednn";

    private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);

    private OneDnn() {}

    /** Loaded on first use; null if loading fails. */
    private static final class Holder {
        static final dnnl_engine ENGINE = load();
    }

    private static final ThreadLocal<dnnl_stream> STREAM = ThreadLocal.withInitial(OneDnn::stream);

    private static dnnl_engine load() {
        if (!Boolean.parseBoolean(System.getProperty(PROPERTY, "true"))
                || Nd4j.getExecutioner().type() != ExecutionerType.NATIVE_CPU) {
            return null;
        }
        try {
            Loader.load(org.bytedeco.dnnl.global.dnnl.class);
            PointerPointer<dnnl_engine> engine = new PointerPointer<>(1);
            check(dnnl_engine_create(engine, dnnl_cpu, 0), "engine");
            return engine.get(dnnl_engine.class, 0);
        } catch (LinkageError | RuntimeException e) {
            LOG.info("oneDNN cannot be loaded, ND4J's ops are used instead: {}", e.toString());
            return null;
        }
    }

    private static dnnl_stream stream() {
        PointerPointer<dnnl_stream> stream = new PointerPointer<>(1);
        check(dnnl_stream_create(stream, engine(), dnnl_stream_default_flags), "stream");
        return stream.get(dnnl_stream.class, 0);
    }

    static dnnl_engine engine() {
        return Holder.ENGINE;
    }

    /** This thread's stream. */
    static dnnl_stream currentStream() {
        return STREAM.get();
    }

    /** Whether this engine supports an array. */
    public static boolean serves(INDArray array) {
        return array.dataType() == DataType.FLOAT && Holder.ENGINE != null;
    }

    /** Address of an array's first element. */
    static long address(INDArray array) {
        return array.data().addressPointer().address();
    }

    /** The values of an array that is contiguous in 'c' order. */
    public static float[] values(INDArray array) {
        return values(Operand.of(array), (int) array.length());
    }

    /** An operand's first values. */
    static float[] values(Operand operand, int length) {
        try {
            return values(operand.address(), length);
        } finally {
            Reference.reachabilityFence(operand);
        }
    }

    /** Values starting at an address, whose memory the caller keeps reachable. */
    static float[] values(long address, int length) {
        float[] result = new float[length];
        new Floats(address).get(result);
        return result;
    }

    /** A part of the values of an array that is contiguous in 'c' order. */
    public static float[] values(INDArray array, long from, int length) {
        return values(Operand.of(array).plus(from), length);
    }

    /** Writes to an array that is contiguous in 'c' order. */
    public static void assign(INDArray array, float[] values) {
        assign(array, 0, values);
    }

    /** Writes to an array that is contiguous in 'c' order, starting at one of its elements. */
    public static void assign(INDArray array, long from, float[] values) {
        Operand operand = Operand.of(array).plus(from);
        try {
            assign(operand.address(), values);
        } finally {
            Reference.reachabilityFence(operand);
        }
    }

    /** Writes values starting at an address, whose memory the caller keeps reachable. */
    static void assign(long address, float[] values) {
        new Floats(address).put(values);
    }

    /** Floats in memory owned by someone else. */
    private static final class Floats extends FloatPointer {
        Floats(long address) {
            super((Pointer) null);
            this.address = address;
        }
    }

    /** Throws if oneDNN reports an error. */
    static void check(int status, String what) {
        if (status == dnnl_unimplemented) {
            throw new UnsupportedOperationException("oneDNN has no " + what + " for this case");
        }
        if (status != dnnl_success) {
            throw new IllegalStateException("oneDNN: " + what + " failed with status " + status);
        }
    }

    /** An array's layout in memory: element (i, j, ...) at i * strides[0] + j * strides[1] + ... */
    static dnnl_memory_desc_t plain(long[] dims, long[] strides) {
        dnnl_memory_desc_t result = new dnnl_memory_desc_t();
        check(
                dnnl_memory_desc_init_by_strides(
                        result, dims.length, dims, dnnl_f32, (long[]) null),
                "memory layout");
        // Set afterwards, since the call above would reject overlapping strides.
        result.format_desc_blocking().strides().put(tidied(dims, strides), 0, strides.length);
        return result;
    }

    /**
     * The stride of a dimension of size 1 has no meaning, but oneDNN compares it; set as in a dense
     * array.
     */
    private static long[] tidied(long[] dims, long[] strides) {
        long[] result = strides.clone();
        for (int d = dims.length - 1; d >= 0; d--) {
            if (dims[d] == 1) {
                result[d] = d == dims.length - 1 ? 1 : result[d + 1] * dims[d + 1];
            }
        }
        return result;
    }

    /** The layout of an array that is contiguous in 'c' order. */
    static dnnl_memory_desc_t dense(long... dims) {
        long[] strides = new long[dims.length];
        long stride = 1;
        for (int d = dims.length - 1; d >= 0; d--) {
            strides[d] = stride;
            stride *= dims[d];
        }
        return plain(dims, strides);
    }

    /** A layout for the primitive to choose. */
    static dnnl_memory_desc_t any(long[] dims) {
        dnnl_memory_desc_t result = new dnnl_memory_desc_t();
        check(
                dnnl_memory_desc_init_by_tag(
                        result, dims.length, dims, dnnl_f32, dnnl_format_tag_any),
                "memory layout");
        return result;
    }
}
