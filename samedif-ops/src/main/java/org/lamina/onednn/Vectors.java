package org.lamina.onednn;

import org.bytedeco.javacpp.FloatPointer;

/** Per-thread memory for small arguments of primitives; valid until the next use. */
final class Vectors {

    private static final ThreadLocal<Vectors> CURRENT = ThreadLocal.withInitial(Vectors::new);

    private FloatPointer memory = new FloatPointer(1024);

    /** This thread's memory, with room for the given number of values. */
    static Vectors current(long length) {
        Vectors result = CURRENT.get();
        if (length > result.memory.capacity()) {
            result.memory.close();
            result.memory = new FloatPointer(length);
        }
        return result;
    }

    /** The values starting at an index. */
    Operand operand(long index) {
        return new Operand(memory, memory.address()).plus(index);
    }

    void put(long index, double value) {
        memory.put(index, (float) value);
    }

    void put(long index, float[] values) {
        memory.position(index).put(values);
        memory.position(0);
    }

    /** Values starting at an index. */
    float[] get(long index, int length) {
        float[] result = new float[length];
        memory.position(index).get(result);
        memory.position(0);
        return result;
    }
}
