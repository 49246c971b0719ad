package org.lamina.onednn;

import org.bytedeco.javacpp.BytePointer;

/**
 * A thread's memory for the values that live during one call. It keeps the size that the largest
 * call needed, so that later ones do not pay for fresh pages.
 */
final class Scratch {

    private static final ThreadLocal<Scratch> CURRENT = ThreadLocal.withInitial(Scratch::new);

    /** oneDNN's vector code prefers cache lines. */
    private static final long ALIGNMENT = 64;

    private BytePointer memory = new BytePointer(ALIGNMENT);

    private Scratch() {}

    /** Address of the calling thread's memory, valid until its next call. */
    static long address(long bytes) {
        Scratch scratch = CURRENT.get();
        if (scratch.memory.capacity() < bytes + ALIGNMENT) {
            scratch.memory.close();
            scratch.memory = new BytePointer(bytes + ALIGNMENT);
        }
        return aligned(scratch.memory.address());
    }

    /** The next multiple of the alignment. */
    static long aligned(long value) {
        return (value + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
