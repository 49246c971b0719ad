package org.lamina.layers.conf;

import java.util.Arrays;

/** Kernel sizes as builders take them. */
final class Kernels {

    private Kernels() {}

    /** One number stands for all dimensions; anything else must have one number per dimension. */
    static int[] of(int rank, int... kernel) {
        if (kernel.length == 1 && rank > 1) {
            int[] all = new int[rank];
            Arrays.fill(all, kernel[0]);
            return all;
        }
        if (kernel.length != rank) {
            throw new IllegalArgumentException(
                    "kernel = " + Arrays.toString(kernel) + "; give one number or " + rank);
        }
        return kernel;
    }
}
