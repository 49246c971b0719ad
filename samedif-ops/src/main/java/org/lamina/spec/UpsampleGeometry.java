package org.lamina.spec;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;

/**
 * The output size of an upsampling: a multiple of the input size, {@code floor(input * scale)}, or
 * a fixed size.
 *
 * <p>Immutable. A single-element array applies to all dimensions.
 *
 * @param rank number of spatial dimensions
 * @param scale factor for each dimension; null if the size is given
 * @param size output size for each dimension; null if factors are given
 */
public record UpsampleGeometry(int rank, double[] scale, long[] size)
        implements Window, Serializable {

    public UpsampleGeometry {
        if (scale == null && size == null) {
            throw new IllegalArgumentException(
                    "scale = null, outputSize = null; give one of them, numbers greater than 0");
        }
        if (scale != null && size != null) {
            throw new IllegalArgumentException(
                    String.format(
                            "scale = %s with outputSize = %s; give one of them",
                            Arrays.toString(scale), Arrays.toString(size)));
        }
        scale = scale == null ? null : scales(scale, rank);
        size = size == null ? null : sizes(size, rank);
    }

    private static double[] scales(double[] given, int rank) {
        Checks.count("scale", given, given.length, rank);
        double[] all = new double[rank];
        Arrays.setAll(all, d -> given[given.length == 1 ? 0 : d]);
        boolean fits = Arrays.stream(all).allMatch(s -> s > 0 && Double.isFinite(s));
        Checks.require(fits, "scale", given, "each must be a finite number greater than 0");
        return all;
    }

    private static long[] sizes(long[] given, int rank) {
        Checks.count("outputSize", given, given.length, rank);
        long[] all = new long[rank];
        Arrays.setAll(all, d -> given[given.length == 1 ? 0 : d]);
        boolean fits = Arrays.stream(all).allMatch(s -> s >= 1);
        Checks.require(fits, "outputSize", given, "each must be 1 or greater");
        return all;
    }

    /** Factor for each dimension, or null. */
    @Override
    public double[] scale() {
        return scale == null ? null : scale.clone();
    }

    /** Output size for each dimension, or null. */
    @Override
    public long[] size() {
        return size == null ? null : size.clone();
    }

    @Override
    public long outputLength(int dimension, long inputSize) {
        return size == null ? (long) Math.floor(inputSize * scale[dimension]) : size[dimension];
    }

    @Override
    public long[] seen(int dimension, long inputSize, long position) {
        LinearInterpolation line =
                new LinearInterpolation(inputSize, outputLength(dimension, inputSize));
        long lower = line.lower(position);
        return line.fraction(position) == 0 ? new long[] {lower} : new long[] {lower, lower + 1};
    }

    /**
     * {@inheritDoc}
     *
     * <p>The anchor is the position at or before the source of the output.
     */
    @Override
    public long[] anchors(int dimension, long inputSize, long exampleSize) {
        long[] anchors = new long[(int) outputLength(dimension, exampleSize)];
        Arrays.setAll(anchors, new LinearInterpolation(exampleSize, anchors.length)::lower);
        return anchors;
    }

    /**
     * Spatial size of the output.
     *
     * @throws IllegalArgumentException if the input has another number of dimensions, or the output
     *     would be empty
     */
    @Override
    public long[] outputSize(long... input) {
        if (input.length != rank) {
            throw new IllegalArgumentException(
                    String.format(
                            "input of %s spatial dimensions %s; the upsampling has %s",
                            input.length, Arrays.toString(input), rank));
        }
        long[] output = new long[rank];
        for (int d = 0; d < rank; d++) {
            output[d] = outputLength(d, input[d]);
            if (input[d] < 1 || output[d] < 1) {
                throw new IllegalArgumentException(
                        String.format(
                                "input size %s gives size %s along dimension %s with %s; it must be"
                                        + " 1 or greater",
                                Arrays.toString(input), output[d], d, this));
            }
        }
        return output;
    }

    /**
     * Shape of the output.
     *
     * @param input shape of the input, {@code [N, C, spatial...]}
     * @throws IllegalArgumentException as {@link #outputSize} does
     */
    public long[] outputShape(long[] input) {
        long[] shape = input.clone();
        long[] size = outputSize(Arrays.copyOfRange(input, 2, input.length));
        System.arraycopy(size, 0, shape, 2, size.length);
        return shape;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof UpsampleGeometry other
                && rank == other.rank
                && Arrays.equals(scale, other.scale)
                && Arrays.equals(size, other.size);
    }

    @Override
    public int hashCode() {
        return Objects.hash(rank, Arrays.hashCode(scale), Arrays.hashCode(size));
    }

    @Override
    public String toString() {
        return scale == null
                ? "output size " + Arrays.toString(size)
                : "scale " + Arrays.toString(scale);
    }
}
