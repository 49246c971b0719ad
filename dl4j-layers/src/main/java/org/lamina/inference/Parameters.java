package org.lamina.inference;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The parameters that a program was made from, each with a copy of its values: what changes them,
 * an update or an assignment in place, leaves no other trace.
 */
final class Parameters {

    private record Name(Layer layer, String parameter) {}

    private final Map<Name, Copy> copies = new LinkedHashMap<>();

    /** The current values in 'c' order; null if the layer has no such parameter. */
    double[] values(Layer layer, String name) {
        INDArray array = array(layer, name);
        return array == null ? null : values(array);
    }

    /** An array's values in 'c' order. */
    static double[] values(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    /** The parameter itself, which is compared from now on; null if the layer has none. */
    INDArray array(Layer layer, String name) {
        INDArray array = layer.getParam(name);
        if (array != null) {
            copies.putIfAbsent(new Name(layer, name), new Copy());
        }
        return array;
    }

    /** Whether a value has changed since the last call. */
    boolean changed() {
        boolean changed = false;
        for (Map.Entry<Name, Copy> entry : copies.entrySet()) {
            Name name = entry.getKey();
            changed |= entry.getValue().update(name.layer.getParam(name.parameter));
        }
        return changed;
    }

    /** A parameter's memory and a copy of it. */
    private static final class Copy {

        private long address;
        private ByteBuffer memory;
        private ByteBuffer copy;

        /** Takes over the current values; tells whether they differ from the last ones. */
        boolean update(INDArray array) {
            try {
                return takenOver(array);
            } finally {
                Reference.reachabilityFence(array);
            }
        }

        private boolean takenOver(INDArray array) {
            long current = array.data().addressPointer().address();
            long bytes = array.length() * array.dataType().width();
            boolean moved = memory == null || current != address || bytes != memory.capacity();
            if (moved) {
                address = current;
                memory = new Memory(current, bytes).asByteBuffer();
                copy = ByteBuffer.allocateDirect((int) bytes);
            } else if (memory.mismatch(copy) < 0) {
                return false;
            }
            copy.put(0, memory, 0, memory.capacity());
            return true;
        }
    }

    /** Memory that an array owns. */
    private static final class Memory extends BytePointer {
        Memory(long address, long bytes) {
            super((Pointer) null);
            this.address = address;
            this.limit = bytes;
            this.capacity = bytes;
        }
    }
}
