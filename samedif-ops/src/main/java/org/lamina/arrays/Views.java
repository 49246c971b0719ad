package org.lamina.arrays;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Parts of an array that share its memory. {@code INDArray.get}, and with it {@code slice} and
 * {@code getRow}, return an empty array for some parts of a view, depending on its offset in memory
 * (ND4J 1.0.0-M2.1), and parameters are views of one vector.
 */
public final class Views {

    private Views() {}

    /** The part [from, to) along one dimension. */
    public static INDArray slice(INDArray array, int dimension, long from, long to) {
        long[] shape = array.shape().clone();
        shape[dimension] = to - from;
        return view(array, shape, array.stride(), from * array.stride(dimension));
    }

    /** The part [from, to) of a vector. */
    public static INDArray slice(INDArray vector, long from, long to) {
        return slice(vector, 0, from, to);
    }

    /** One index along the first dimension, which is removed. */
    public static INDArray at(INDArray array, long place) {
        int rank = array.rank();
        long[] shape = new long[rank - 1];
        long[] stride = new long[rank - 1];
        System.arraycopy(array.shape(), 1, shape, 0, rank - 1);
        System.arraycopy(array.stride(), 1, stride, 0, rank - 1);
        return view(array, shape, stride, place * array.stride(0));
    }

    /** Every n-th index along one dimension, whose size is a multiple of n. */
    public static INDArray every(int n, long first, INDArray array, int dimension) {
        if (n == 1) {
            return array;
        }
        long[] shape = array.shape().clone();
        long[] stride = array.stride().clone();
        long start = first * stride[dimension];
        shape[dimension] /= n;
        stride[dimension] *= n;
        return view(array, shape, stride, start);
    }

    private static INDArray view(INDArray array, long[] shape, long[] stride, long start) {
        return Nd4j.create(array.data(), shape, stride, array.offset() + start, 'c');
    }
}
