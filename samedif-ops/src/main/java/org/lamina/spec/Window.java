package org.lamina.spec;

import java.util.Arrays;

/** Which input positions an output position of a layer depends on, for each spatial dimension. */
public interface Window {

    /** Number of spatial dimensions. */
    int rank();

    /**
     * Size of the output along one dimension.
     *
     * @param inputSize size of the input along it
     */
    long outputLength(int dimension, long inputSize);

    /**
     * Spatial size of the output.
     *
     * @param input spatial size of the input, one number per dimension
     * @throws IllegalArgumentException if an input of that size has no output
     */
    default long[] outputSize(long... input) {
        long[] output = new long[input.length];
        Arrays.setAll(output, d -> outputLength(d, input[d]));
        return output;
    }

    /**
     * The input positions that an output position depends on, excluding positions outside the input
     * (padding).
     *
     * @param inputSize size of the input along the dimension
     * @param position position of the output, below {@link #outputLength(int, long)}
     */
    long[] seen(int dimension, long inputSize, long position);

    /**
     * The anchors of the outputs of an example that fills only the first positions of a padded
     * input: for each output, the input position that decides whether it counts. An output counts
     * where its anchor is not masked.
     *
     * <p>By default the anchor is the last position of the shortest input that has this output. For
     * a convolution that is the kernel's last tap minus the padding after the input: the centre of
     * a 'same' kernel, the last tap of a 'causal' or unpadded one.
     *
     * @param inputSize size of the padded input along the dimension
     * @param exampleSize the example's actual size along it
     * @return one anchor for each output of the example alone
     */
    default long[] anchors(int dimension, long inputSize, long exampleSize) {
        long[] anchors = new long[(int) Math.max(0, outputLength(dimension, exampleSize))];
        int position = 0;
        for (long size = 1; size <= exampleSize; size++) {
            long outputs = outputLength(dimension, size);
            while (position < outputs) {
                anchors[position++] = size - 1;
            }
        }
        return anchors;
    }

    /**
     * Checks that an example of this size in a padded input can be processed as if it were alone;
     * an example too small to have an output can.
     *
     * @throws IllegalArgumentException naming what is not possible with that size
     */
    default void checkExampleSize(int dimension, long exampleSize) {}
}
