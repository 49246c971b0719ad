package org.lamina.zoo.data.iterator;

/** Seeds that depend only on the position in training at which they are used. */
public final class Seeds {
    private Seeds() {}

    /** Spreads three numbers over 64 bits (finalizer of SplitMix64). */
    public static long mix(long seed, int a, int b) {
        long z = seed + 0x9E3779B97F4A7C15L * ((((long) a + 1) << 32) + b + 1);
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
