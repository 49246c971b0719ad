package org.lamina.spec;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The size that an upsampling gives: a multiple of the input's, {@code floor(input * scale)}, or a
 * fixed one.
 *
 * <p>Immutable. An array of one number stands for all dimensions.
 */
public final class UpsampleGeometry implements Window, Serializable {

    private static final long serialVersionUID = 1L;

    private final int rank;
    private final double[] scale;
    private final long[] size;

    @JsonCreator
    private UpsampleGeometry(
            @JsonProperty("rank") int rank,
            @JsonProperty("scale") double[] scale,
            @JsonProperty("size") long[] size) {
        this.rank = rank;
        if (scale == null && size == null) {
            throw new IllegalArgumentException(
                    "scale = null, outputSize = null; give one of them, numbers greater than 0");
        }
        if (scale != null && size != null) {
            throw new IllegalArgumentException(
                    "scale = "
                            + Arrays.toString(scale)
                            + " with outputSize = "
                            + Arrays.toString(size)
                            + "; give one of them");
        }
        this.scale = scale == null ? null : scales(scale, rank);
        this.size = size == null ? null : sizes(size, rank);
    }

    private static double[] scales(double[] given, int rank) {
        checkCount("scale", Arrays.toString(given), given.length, rank);
        double[] all = new double[rank];
        for (int d = 0; d < rank; d++) {
            all[d] = given[given.length == 1 ? 0 : d];
            if (!(all[d] > 0) || Double.isInfinite(all[d])) {
                throw new IllegalArgumentException(
                        "scale = "
                                + Arrays.toString(given)
                                + "; each must be a finite number greater than 0");
            }
        }
        return all;
    }

    private static long[] sizes(long[] given, int rank) {
        checkCount("outputSize", Arrays.toString(given), given.length, rank);
        long[] all = new long[rank];
        for (int d = 0; d < rank; d++) {
            all[d] = given[given.length == 1 ? 0 : d];
            if (all[d] < 1) {
                throw new IllegalArgumentException(
                        "outputSize = " + Arrays.toString(given) + "; each must be 1 or greater");
            }
        }
        return all;
    }

    private static void checkCount(String field, String values, int count, int rank) {
        if (count != 1 && count != rank) {
            throw new IllegalArgumentException(
                    field
                            + " = "
                            + values
                            + "; give one number"
                            + (rank > 1 ? " or " + rank + ", one per spatial dimension" : ""));
        }
    }

    /**
     * An upsampling by a factor or to a size.
     *
     * @param rank number of spatial dimensions
     * @param scale factors, one number per dimension or one for all; null with a size
     * @param size output sizes, one number per dimension or one for all; null with factors
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public static UpsampleGeometry of(int rank, double[] scale, long[] size) {
        return new UpsampleGeometry(rank, scale, size);
    }

    @Override
    @JsonProperty("rank")
    public int rank() {
        return rank;
    }

    /** Factor for each dimension, or null. */
    @JsonProperty("scale")
    public double[] scale() {
        return scale == null ? null : scale.clone();
    }

    /** Output size for each dimension, or null. */
    @JsonProperty("size")
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
    public long[] anchors(int dimension, long inputSize, long ownSize) {
        long[] anchors = new long[(int) outputLength(dimension, ownSize)];
        Arrays.setAll(anchors, new LinearInterpolation(ownSize, anchors.length)::lower);
        return anchors;
    }

    /**
     * Spatial size of the output.
     *
     * @throws IllegalArgumentException if the input has another number of dimensions, or nothing is
     *     left of it
     */
    public long[] outputSize(long... input) {
        if (input.length != rank) {
            throw new IllegalArgumentException(
                    "input of "
                            + input.length
                            + " spatial dimensions "
                            + Arrays.toString(input)
                            + "; the upsampling has "
                            + rank);
        }
        long[] output = new long[rank];
        for (int d = 0; d < rank; d++) {
            output[d] = outputLength(d, input[d]);
            if (input[d] < 1 || output[d] < 1) {
                throw new IllegalArgumentException(
                        "input size "
                                + Arrays.toString(input)
                                + " gives size "
                                + output[d]
                                + " along dimension "
                                + d
                                + " with "
                                + this
                                + "; it must be 1 or greater");
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
        return o instanceof UpsampleGeometry
                && rank == ((UpsampleGeometry) o).rank
                && Arrays.equals(scale, ((UpsampleGeometry) o).scale)
                && Arrays.equals(size, ((UpsampleGeometry) o).size);
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
