package org.lamina.onednn;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Per-thread memory for arrays that live during one call: blocks are handed out in sequence and
 * released together. It keeps the size that the largest call needed, so later calls do not pay for
 * fresh pages.
 */
final class Scratch {

    private static final ThreadLocal<Scratch> CURRENT = ThreadLocal.withInitial(Scratch::new);

    /** oneDNN's vector code prefers cache-line alignment; a page keeps blocks apart. */
    private static final long ALIGNMENT = 64;

    private BytePointer memory;
    private long used;

    /** Blocks that did not fit; a larger memory replaces them after the call. */
    private final List<BytePointer> overflow = new ArrayList<>();

    private long wanted;

    static Scratch current() {
        return CURRENT.get();
    }

    /** Address of a block owned by this thread until {@link #release}. */
    long block(long bytes) {
        long size = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        wanted += size;
        if (memory == null || used + size > memory.capacity() - ALIGNMENT) {
            BytePointer extra = new BytePointer(size + ALIGNMENT);
            overflow.add(extra);
            return aligned(extra);
        }
        long address = aligned(memory) + used;
        used += size;
        return address;
    }

    /** Releases all blocks. */
    void release() {
        if (!overflow.isEmpty()) {
            overflow.forEach(Pointer::close);
            overflow.clear();
            if (memory != null) {
                memory.close();
            }
            memory = new BytePointer(wanted + ALIGNMENT);
        }
        used = 0;
        wanted = 0;
    }

    private static long aligned(Pointer pointer) {
        return (pointer.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
