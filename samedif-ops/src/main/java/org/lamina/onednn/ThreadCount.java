package org.lamina.onednn;

import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The number of threads that run a primitive: one for small primitives, all of OpenMP's for others.
 * Waking a second thread takes 3 microseconds at best, and 50 to 100 on a busy machine.
 *
 * <p>oneDNN shares its OpenMP with libnd4j, whose setting for the calling thread is changed
 * temporarily; both changes together take 20 nanoseconds.
 */
public enum ThreadCount {
    /** The calling thread. */
    ONE,
    /** OpenMP's current number. */
    ALL;

    /** Elements below which one thread is enough, as in PyTorch: about 20 microseconds of work. */
    private static final long SMALL = 32_768;

    /** Multiplications of a matrix product or convolution that take as long as one element. */
    private static final long MULTIPLICATIONS = 32;

    private static final NativeOps SETTINGS = NativeOpsHolder.getInstance().getDeviceNativeOps();

    /** For an operation on this many elements. */
    static ThreadCount forElements(long count) {
        return count < SMALL ? ONE : ALL;
    }

    /** For sums of products. */
    static ThreadCount forMultiplications(long count) {
        return forElements(count / MULTIPLICATIONS);
    }

    /** How many threads there are. */
    public static int available() {
        return SETTINGS.ompGetMaxThreads();
    }

    /** Does work with this number of threads. */
    public void run(Runnable work) {
        int before = enter();
        try {
            work.run();
        } finally {
            leave(before);
        }
    }

    /**
     * Sets OpenMP's number of threads for the calling thread.
     *
     * @return the previous setting, for {@link #leave}
     */
    int enter() {
        if (this == ALL) {
            return 0;
        }
        int before = available();
        SETTINGS.setOmpNumThreads(1);
        return before;
    }

    /** Restores the previous setting. */
    void leave(int before) {
        if (before > 1) {
            SETTINGS.setOmpNumThreads(before);
        }
    }
}
