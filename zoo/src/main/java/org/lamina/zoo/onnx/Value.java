package org.lamina.zoo.onnx;

import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * A tensor of the graph times a factor that is still to be applied: whatever is linear takes the
 * factor into its weights.
 *
 * @param tensor name in the graph
 * @param shape with {@link #OPEN} for the minibatch and for what only a run knows; channels first
 * @param factor of the tensor's elements
 * @param mask which positions of time series count, {@code [N, 1, T]}; null for all
 */
record Value(String tensor, long[] shape, double factor, String mask) {

    /** A size that only a run knows. */
    static final long OPEN = -1;

    Value(String tensor, long... shape) {
        this(tensor, shape, 1);
    }

    Value(String tensor, long[] shape, double factor) {
        this(tensor, shape, factor, null);
    }

    /** Another tensor of the same shape and mask. */
    Value like(String other) {
        return new Value(other, shape, 1, mask);
    }

    Value masked(String by) {
        return new Value(tensor, shape, factor, by);
    }

    int rank() {
        return shape.length;
    }

    long channels() {
        return shape[1];
    }

    /** The sizes after minibatch and channels. */
    long[] spatial() {
        return Arrays.copyOfRange(shape, 2, shape.length);
    }

    /**
     * The shape of what is computed from this value.
     *
     * @param size after minibatch and channels
     */
    long[] shape(long outChannels, long[] size) {
        return LongStream.concat(LongStream.of(shape[0], outChannels), LongStream.of(size))
                .toArray();
    }

    /** Whether all sizes but that of the minibatch are known. */
    boolean sized() {
        return Arrays.stream(shape).skip(1).allMatch(size -> size > 0);
    }

    Value times(double more) {
        return new Value(tensor, shape, factor * more, mask);
    }

    @Override
    public String toString() {
        return tensor + Arrays.toString(shape) + (factor == 1 ? "" : " * " + factor);
    }
}
