package org.lamina.spec;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.LongStream;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The geometry of a transposed convolution in one, two or three spatial dimensions. It is the input
 * gradient of a convolution with the same kernel, stride, dilation, padding and groups:
 *
 * <pre>
 * output size = (input - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + output padding
 * </pre>
 *
 * <p>With a stride, a convolution gives the same output size for several input sizes; output
 * padding selects one of them. It is given directly or through the exact output size.
 *
 * <p>Immutable; each {@code with...} method returns a changed copy. A single-element array applies
 * to all dimensions.
 *
 * @param convolution the convolution whose input gradient this is; zero padding, equal on both
 *     sides
 * @param givenOutputPadding output padding for each dimension, smaller than stride or dilation;
 *     zeros if the exact output size is given
 * @param exactSize the exact output size, or null
 */
public record ConvTransposeGeometry(
        ConvGeometry convolution,
        @JsonProperty("outputPadding") int[] givenOutputPadding,
        int[] exactSize)
        implements Window, Serializable {

    public ConvTransposeGeometry {
        Objects.requireNonNull(convolution, "convolution");
        PaddingMode mode = convolution.paddingMode();
        Checks.require(
                mode == PaddingMode.ZEROS,
                "paddingMode",
                mode,
                "a transposed convolution takes ZEROS only");
        Padding padding = convolution.padding();
        boolean byRule =
                padding.kind() == Padding.Kind.SAME || padding.kind() == Padding.Kind.CAUSAL;
        Checks.require(
                !byRule && Arrays.equals(convolution.padBefore(), convolution.padAfter()),
                "padding",
                padding,
                "a transposed convolution takes one number per dimension, for both sides, or"
                        + " 'valid' for none");
        int[] given = givenOutputPadding;
        int rank = convolution.rank();
        givenOutputPadding = Checks.perDimension("outputPadding", given, rank, 0);
        for (int d = 0; d < rank; d++) {
            if (givenOutputPadding[d] > mostOutputPadding(convolution, d)) {
                throw new IllegalArgumentException(
                        String.format(
                                "outputPadding = %s; must be smaller than stride = %s or dilation ="
                                        + " %s (dimension %s)",
                                Arrays.toString(given),
                                convolution.stride()[d],
                                convolution.dilation()[d],
                                d));
            }
        }
        if (exactSize != null && Arrays.stream(givenOutputPadding).anyMatch(p -> p > 0)) {
            throw new IllegalArgumentException(
                    String.format(
                            "outputPadding = %s with outputSize = %s; give one of them",
                            Arrays.toString(given), Arrays.toString(exactSize)));
        }
        exactSize =
                exactSize == null ? null : Checks.perDimension("outputSize", exactSize, rank, 1);
    }

    /** Without output padding. */
    public ConvTransposeGeometry(ConvGeometry convolution) {
        this(convolution, new int[] {0}, null);
    }

    /** A copy with the given output padding, smaller than stride or dilation. */
    public ConvTransposeGeometry withOutputPadding(int... values) {
        return new ConvTransposeGeometry(convolution, values, exactSize);
    }

    /** A copy whose output padding follows from the exact output size; null for none. */
    public ConvTransposeGeometry withOutputSize(int... values) {
        return new ConvTransposeGeometry(convolution, givenOutputPadding, values);
    }

    /** Output padding for each dimension, zeros if the exact output size is given. */
    @Override
    public int[] givenOutputPadding() {
        return givenOutputPadding.clone();
    }

    /** The exact output size, or null. */
    @Override
    public int[] exactSize() {
        return exactSize == null ? null : exactSize.clone();
    }

    /** Number of spatial dimensions: 1, 2 or 3. */
    @Override
    public int rank() {
        return convolution.rank();
    }

    /** Number of groups: the outputs of a group depend only on the inputs of that group. */
    public int groups() {
        return convolution.groups();
    }

    /** The largest output padding along a dimension; no exact output size needs more. */
    public int mostOutputPadding(int dimension) {
        return mostOutputPadding(convolution, dimension);
    }

    private static int mostOutputPadding(ConvGeometry convolution, int dimension) {
        return Math.max(convolution.stride()[dimension], convolution.dilation()[dimension]) - 1;
    }

    /**
     * The equivalent convolution whose kernel has zeros between its taps in place of dilation, and
     * after them in place of output padding; its input gradient is this transposed convolution.
     *
     * @param outputPadding output padding for each dimension
     */
    public ConvGeometry widened(int... outputPadding) {
        int[] wide = convolution.undilated().kernelSize();
        for (int d = 0; d < wide.length; d++) {
            wide[d] = Math.addExact(wide[d], outputPadding[d]);
        }
        return ConvGeometry.ofKernel(wide)
                .withStride(convolution.stride())
                .withPadding(convolution.padding())
                .withGroups(convolution.groups());
    }

    private long sizeWithoutOutputPadding(int d, long inputSize) {
        return (inputSize - 1) * convolution.stride()[d]
                - 2L * convolution.padBefore()[d]
                + (long) convolution.dilation()[d] * (convolution.kernelSize()[d] - 1)
                + 1;
    }

    @Override
    public long outputLength(int dimension, long inputSize) {
        return exactSize != null
                ? exactSize[dimension]
                : sizeWithoutOutputPadding(dimension, inputSize) + givenOutputPadding[dimension];
    }

    /**
     * {@inheritDoc}
     *
     * <p>An exact output size refers to the padded input; each example uses the output padding that
     * results from it.
     */
    @Override
    public long[] anchors(int dimension, long inputSize, long exampleSize) {
        if (exactSize == null) {
            return Window.super.anchors(dimension, inputSize, exampleSize);
        }
        int[] padding = new int[rank()];
        padding[dimension] =
                (int) (exactSize[dimension] - sizeWithoutOutputPadding(dimension, inputSize));
        return withOutputSize(null)
                .withOutputPadding(padding)
                .anchors(dimension, inputSize, exampleSize);
    }

    /**
     * {@inheritDoc}
     *
     * <p>An output position that no input reaches (if the stride is larger than the kernel) belongs
     * to the last input position before it.
     */
    @Override
    public long[] seen(int dimension, long inputSize, long position) {
        long stride = convolution.stride()[dimension];
        long padded = position + convolution.padBefore()[dimension];
        long[] reached =
                LongStream.range(0, convolution.kernelSize()[dimension])
                        .map(k -> padded - k * convolution.dilation()[dimension])
                        .filter(i -> i >= 0 && i % stride == 0 && i / stride < inputSize)
                        .map(i -> i / stride)
                        .toArray();
        return reached.length > 0 ? reached : new long[] {Math.min(padded / stride, inputSize - 1)};
    }

    /**
     * Output padding for an input of this spatial size.
     *
     * @throws IllegalArgumentException if the output would be empty or the exact output size cannot
     *     be reached
     */
    public int[] outputPadding(long... input) {
        convolution.checkRank(input);
        int[] result = givenOutputPadding.clone();
        for (int d = 0; d < result.length; d++) {
            long smallest = sizeWithoutOutputPadding(d, input[d]);
            if (exactSize != null) {
                long largest = smallest + mostOutputPadding(d);
                if (exactSize[d] < smallest || exactSize[d] > largest) {
                    throw new IllegalArgumentException(
                            String.format(
                                    "outputSize = %s cannot be reached from input size %s along"
                                            + " dimension %s; allowed are %s to %s",
                                    Arrays.toString(exactSize),
                                    Arrays.toString(input),
                                    d,
                                    Math.max(1, smallest),
                                    largest));
                }
                result[d] = (int) (exactSize[d] - smallest);
            }
            if (input[d] < 1 || smallest + result[d] < 1) {
                throw new IllegalArgumentException(
                        String.format(
                                "input size %s is too small along dimension %s: the output would"
                                        + " have size %s with padding %s",
                                Arrays.toString(input),
                                d,
                                smallest + result[d],
                                convolution.padBefore()[d]));
            }
        }
        return result;
    }

    /**
     * Spatial size of the output.
     *
     * @param input spatial size of the input, one number per dimension
     * @throws IllegalArgumentException if the output would be empty or the exact output size cannot
     *     be reached
     */
    @Override
    public long[] outputSize(long... input) {
        int[] padding = outputPadding(input);
        long[] output = new long[input.length];
        for (int d = 0; d < input.length; d++) {
            output[d] = sizeWithoutOutputPadding(d, input[d]) + padding[d];
        }
        return output;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ConvTransposeGeometry other
                && convolution.equals(other.convolution)
                && Arrays.equals(givenOutputPadding, other.givenOutputPadding)
                && Arrays.equals(exactSize, other.exactSize);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                convolution, Arrays.hashCode(givenOutputPadding), Arrays.hashCode(exactSize));
    }

    @Override
    public String toString() {
        return convolution
                + (exactSize == null
                        ? ", output padding " + Arrays.toString(givenOutputPadding)
                        : ", output size " + Arrays.toString(exactSize));
    }
}
