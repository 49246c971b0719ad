package org.lamina.spec;

import java.util.Arrays;

/**
 * Which positions of its input a layer sees from a position of its output, one spatial dimension at
 * a time.
 */
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
     * The positions of the input that are seen from a position of the output; positions outside the
     * input (padding) are left out.
     *
     * @param inputSize size of the input along the dimension
     * @param position position of the output, below {@link #outputLength(int, long)}
     */
    long[] seen(int dimension, long inputSize, long position);

    /**
     * The outputs of an example that fills only the first positions of a padded input: for each of
     * them the input position that decides whether it counts. An output counts where its anchor is
     * not masked.
     *
     * <p>Unless a window says otherwise, the anchor is the last position of the shortest input that
     * has this output. For a convolution that is the kernel's last tap less the padding after the
     * input: the centre of a 'same' kernel, the last tap of a 'causal' one and of one without
     * padding.
     *
     * @param inputSize size of the padded input along the dimension
     * @param ownSize size of the example's own part of it
     * @return as many as the example alone has outputs
     */
    default long[] anchors(int dimension, long inputSize, long ownSize) {
        long[] anchors = new long[(int) Math.max(0, outputLength(dimension, ownSize))];
        int position = 0;
        for (long size = 1; size <= ownSize; size++) {
            long outputs = outputLength(dimension, size);
            while (position < outputs) {
                anchors[position++] = size - 1;
            }
        }
        return anchors;
    }

    /**
     * Checks that an example of this size in a padded input can be treated as it would be alone;
     * one that is too small to have an output can.
     *
     * @throws IllegalArgumentException naming what cannot be done with that size
     */
    default void checkOwnSize(int dimension, long ownSize) {}
}
