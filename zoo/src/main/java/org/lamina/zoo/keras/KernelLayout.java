package org.lamina.zoo.keras;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a parameter of Keras's lies in this project's layout: axes in another order, then some of
 * them as one.
 *
 * @param order Keras's axes in the order of the parameter's
 * @param groups for each axis of the parameter how many of those it is; 0 has size 1
 */
record KernelLayout(int[] order, int[] groups) {

    /** {@code [k..., in, out]} as {@code [out, in, k...]}. */
    static KernelLayout conv(int rank) {
        int[] order = new int[rank + 2];
        order[0] = rank + 1;
        order[1] = rank;
        for (int d = 0; d < rank; d++) {
            order[2 + d] = d;
        }
        return new KernelLayout(order, ones(rank + 2));
    }

    /** {@code [k..., in, multiplier]} as {@code [in * multiplier, 1, k...]}. */
    static KernelLayout depthwise(int rank) {
        int[] order = conv(rank).order;
        order[0] = rank;
        order[1] = rank + 1;
        int[] groups = ones(rank + 2);
        groups[0] = 2;
        groups[1] = 0;
        return new KernelLayout(order, groups);
    }

    /** {@code [in, out]} as it is. */
    static KernelLayout dense() {
        return new KernelLayout(new int[] {0, 1}, ones(2));
    }

    /** {@code [in, out]} as a convolution with kernel 1. */
    static KernelLayout pointwise(int rank) {
        int[] groups = Arrays.copyOf(ones(2), rank + 2);
        return new KernelLayout(new int[] {1, 0}, groups);
    }

    /** A vector. */
    static KernelLayout vector() {
        return new KernelLayout(new int[] {0}, ones(1));
    }

    private static int[] ones(int count) {
        return IntStream.generate(() -> 1).limit(count).toArray();
    }

    /** Keras's array in this project's layout. */
    INDArray own(INDArray keras) {
        long[] permuted = Rearrangement.permuted(keras.shape(), order);
        long[] shape = new long[groups.length];
        int next = 0;
        for (int axis = 0; axis < groups.length; axis++) {
            shape[axis] = 1;
            for (int i = 0; i < groups[axis]; i++) {
                shape[axis] *= permuted[next++];
            }
        }
        return keras.permute(order).dup('c').reshape('c', shape);
    }

    /** The reverse of {@link #own}. */
    INDArray keras(INDArray own, long... kerasShape) {
        return own.dup('c')
                .reshape('c', Rearrangement.permuted(kerasShape, order))
                .permute(Rearrangement.inverse(order))
                .dup('c');
    }

    /** Keras's axes that an axis of the parameter is. */
    int[] kerasAxes(int axis) {
        int first = Arrays.stream(groups).limit(axis).sum();
        return Arrays.copyOfRange(order, first, first + groups[axis]);
    }

    /**
     * Axes of the parameter for some of Keras's, which say over what a norm is taken.
     *
     * @param keras a mark for each of Keras's axes
     * @return null if they are a part of what is one axis here
     */
    int[] ownAxes(boolean[] keras, long[] kerasShape) {
        int[] axes = new int[groups.length];
        int count = 0;
        int alone = -1;
        for (int axis = 0; axis < groups.length; axis++) {
            int[] parts = kerasAxes(axis);
            int[] large = Arrays.stream(parts).filter(a -> kerasShape[a] > 1).toArray();
            int[] counted = large.length == 0 ? parts : large; // size 1: norms do not change
            long marked = Arrays.stream(counted).filter(a -> keras[a]).count();
            if (marked > 0 && marked < counted.length && large.length > 0) {
                return null;
            }
            if (marked > 0) {
                axes[count++] = axis;
            } else if (large.length == 0) {
                alone = axis;
            }
        }
        if (count == 0) { // a norm of single elements
            return alone < 0 ? null : new int[] {alone};
        }
        return Arrays.copyOf(axes, count);
    }
}
