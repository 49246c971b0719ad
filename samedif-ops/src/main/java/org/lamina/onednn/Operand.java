package org.lamina.onednn;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where an argument of a primitive begins in memory, and the object that owns this memory: it must
 * stay reachable while native code works there, which an address alone does not ensure.
 */
record Operand(Object owner, long address) {

    private static final Operand NONE = new Operand(null, 0);

    /** An array's first element; no memory for null. */
    static Operand of(INDArray array) {
        return array == null ? NONE : new Operand(array, OneDnn.address(array));
    }

    /** The first element of one of an array's examples; no memory for null. */
    static Operand of(INDArray array, long example) {
        return array == null ? NONE : of(array).plus(example * array.stride(0));
    }

    /** The same memory from a later element on. */
    Operand plus(long elements) {
        return new Operand(owner, address + elements * Float.BYTES);
    }
}
