package org.lamina.zoo.keras;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An activation as Keras has it, and where the network has it: {@code
 * stored.permute(order).reshape(shape)}. All shapes are of one example; -1 is an open size.
 *
 * @param source the vertex or input of the network
 * @param stored the network's shape, channels first
 * @param order the network's axes in Keras's order
 * @param shape Keras's shape
 */
record Tensor(String source, long[] stored, int[] order, long[] shape) {

    /** An activation that the network has with Keras's axis {@code channels} in front. */
    static Tensor of(String source, long[] shape, int channels) {
        int[] order = order(shape.length, channels);
        return new Tensor(
                source,
                Rearrangement.permuted(shape, Rearrangement.inverse(order)),
                order,
                shape.clone());
    }

    private static int[] order(int rank, int channels) {
        return IntStream.range(0, rank)
                .map(axis -> axis == channels ? 0 : axis < channels ? axis + 1 : axis)
                .toArray();
    }

    int rank() {
        return shape.length;
    }

    /** The same of another vertex. */
    Tensor at(String vertex) {
        return new Tensor(vertex, stored, order, shape);
    }

    /** The same elements in another shape. */
    Tensor reshaped(long... target) {
        return new Tensor(source, stored, order, target);
    }

    /** Axes in another order; of what is not reshaped. */
    Tensor permuted(int[] axes) {
        int[] permuted = Arrays.stream(axes).map(axis -> order[axis]).toArray();
        return new Tensor(source, stored, permuted, Rearrangement.permuted(shape, axes));
    }

    boolean isReshaped() {
        return !Arrays.equals(shape, unreshaped());
    }

    private long[] unreshaped() {
        return Rearrangement.permuted(stored, order);
    }

    /** Whether the network has the activation with this axis in front. */
    boolean hasInFront(int channels) {
        return !isReshaped() && Arrays.equals(order, order(rank(), channels));
    }

    /** What brings an axis to the front. */
    Rearrangement toFront(int channels) {
        int[] back = Rearrangement.inverse(order(rank(), channels));
        return new Rearrangement(stored, order, shape, back);
    }

    /** Whether the elements are in the network's order, whatever the shapes. */
    boolean isInOrder() {
        int[] moved = Arrays.stream(order).filter(axis -> stored[axis] != 1).toArray();
        return IntStream.range(1, moved.length).allMatch(i -> moved[i - 1] < moved[i]);
    }

    /** The rows of a matrix for this vector in the order of the network's elements. */
    INDArray rows(INDArray matrix) {
        return moved(matrix, unreshaped(), Rearrangement.inverse(order));
    }

    private static INDArray moved(INDArray matrix, long[] shape, int[] order) {
        long columns = matrix.size(1);
        long[] split = LongStream.concat(Arrays.stream(shape), LongStream.of(columns)).toArray();
        int[] axes = IntStream.concat(Arrays.stream(order), IntStream.of(shape.length)).toArray();
        return matrix.dup('c')
                .reshape('c', split)
                .permute(axes)
                .dup('c')
                .reshape('c', matrix.size(0), columns);
    }

    /** Number of elements, -1 if a size is open. */
    static long length(long... shape) {
        long length = 1;
        for (long size : shape) {
            if (size < 0) {
                return -1;
            }
            length = Math.multiplyExact(length, size);
        }
        return length;
    }

    @Override
    public boolean equals(Object o) {
        return this == o;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
