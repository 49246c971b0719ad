package org.lamina.arrays;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Converts between activations with channels last, {@code [N, spatial..., C]}, and channels first,
 * {@code [N, C, spatial...]}. {@code [N, C]} is both.
 */
public final class ChannelOrder {

    private ChannelOrder() {}

    /** The permutation from channels last to channels first. */
    public static int[] toFirst(int rank) {
        int[] order = new int[rank];
        order[1] = rank - 1;
        for (int d = 2; d < rank; d++) {
            order[d] = d - 1;
        }
        return order;
    }

    /** The permutation from channels first to channels last. */
    public static int[] toLast(int rank) {
        int[] order = new int[rank];
        order[rank - 1] = 1;
        for (int d = 1; d < rank - 1; d++) {
            order[d] = d + 1;
        }
        return order;
    }

    /** The shape of an array with channels first. */
    public static long[] shapeFirst(INDArray array, boolean channelsLast) {
        return (channelsLast ? first(array) : array).shape().clone();
    }

    /** A view with channels first of an array with channels last. */
    public static INDArray first(INDArray array) {
        return array.rank() < 3 ? array : array.permute(toFirst(array.rank()));
    }

    /** A view with channels last of an array with channels first. */
    public static INDArray last(INDArray array) {
        return array.rank() < 3 ? array : array.permute(toLast(array.rank()));
    }
}
