package org.lamina.spec;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.nd4j.shade.jackson.annotation.JsonAlias;

/**
 * The geometry of a convolution: kernel, stride, dilation, padding and groups, in one, two or three
 * spatial dimensions.
 *
 * <pre>
 * effective kernel = dilation * (kernel - 1) + 1
 * output size      = floor((input + pad before + pad after - effective kernel) / stride) + 1
 * </pre>
 *
 * <p>Immutable; each {@code with...} method returns a changed copy. A single-element array applies
 * to all dimensions.
 *
 * @param kernelSize size of the kernel for each dimension
 * @param stride stride for each dimension
 * @param dilation dilation for each dimension
 * @param padding the padding rule
 * @param paddingMode how padded positions are filled
 * @param groups number of groups: the outputs of a group depend only on the inputs of that group
 */
public record ConvGeometry(
        @JsonAlias("kernel") int[] kernelSize,
        int[] stride,
        int[] dilation,
        Padding padding,
        PaddingMode paddingMode,
        int groups)
        implements Window, Serializable {

    public ConvGeometry {
        int rank = kernelSize == null ? 0 : kernelSize.length;
        Checks.require(
                rank >= 1 && rank <= 3,
                "kernel",
                kernelSize,
                "give 1, 2 or 3 numbers, one per spatial dimension");
        kernelSize = Checks.perDimension("kernel", kernelSize, rank, 1);
        stride = Checks.perDimension("stride", stride, rank, 1);
        dilation = Checks.perDimension("dilation", dilation, rank, 1);
        Checks.require(padding != null, "padding", padding, "allowed are " + Padding.ALLOWED);
        if (paddingMode == null) {
            throw new IllegalArgumentException(
                    "paddingMode = null; allowed are " + Arrays.toString(PaddingMode.values()));
        }
        for (int d = 0; d < rank; d++) {
            if (effective(kernelSize[d], dilation[d]) > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        String.format(
                                "kernel = %s with dilation = %s; dilation * (kernel - 1) + 1 must"
                                        + " be at most %s",
                                Arrays.toString(kernelSize),
                                Arrays.toString(dilation),
                                Integer.MAX_VALUE));
            }
        }
        Checks.require(groups >= 1, "groups", groups, "must be 1 or greater");
        if (padding.kind() == Padding.Kind.CAUSAL && rank != 1) {
            throw new IllegalArgumentException(
                    "padding = 'causal' with " + rank + " spatial dimensions; it is defined for 1");
        }
        if (padding.kind() == Padding.Kind.EXPLICIT
                && padding.before().length != 1
                && padding.before().length != rank) {
            throw new IllegalArgumentException(
                    String.format(
                            "padding = %s; give one number or %s, one per spatial dimension",
                            padding, rank));
        }
        if (padding.kind() == Padding.Kind.SAME && Arrays.stream(stride).anyMatch(s -> s != 1)) {
            throw new IllegalArgumentException(
                    "padding = 'same' with stride = "
                            + Arrays.toString(stride)
                            + "; 'same' needs stride 1, give the padding as numbers");
        }
    }

    /** A convolution with this kernel, stride 1, dilation 1, no padding and one group. */
    public static ConvGeometry ofKernel(int... kernelSize) {
        return new ConvGeometry(
                kernelSize, new int[] {1}, new int[] {1}, Padding.valid(), PaddingMode.ZEROS, 1);
    }

    /**
     * A builder that validates only when it builds, so its values may be set in any order.
     *
     * @param rank number of spatial dimensions
     * @param kernelSize one number per dimension, or one for all
     */
    public static Builder builder(int rank, int... kernelSize) {
        return new Builder(rank, kernelSize);
    }

    /** Collects a geometry: stride 1, dilation 1, padding 'same', zeros, one group unless set. */
    public static final class Builder implements ConvOptions<Builder> {
        private final int rank;
        int[] kernelSize;
        int[] stride = {1};
        int[] dilation = {1};
        Supplier<Padding> padding = Padding::same;
        PaddingMode paddingMode = PaddingMode.ZEROS;
        int groups = 1;

        private Builder(int rank, int[] kernelSize) {
            this.rank = rank;
            this.kernelSize = kernelSize == null ? null : kernelSize.clone();
        }

        @Override
        public Builder geometry() {
            return this;
        }

        @Override
        public Builder self() {
            return this;
        }

        /** Number of groups. */
        public Builder groups(int value) {
            this.groups = value;
            return this;
        }

        /**
         * The geometry.
         *
         * @throws IllegalArgumentException naming the field, its value and what is allowed
         */
        public ConvGeometry build() {
            return new ConvGeometry(
                    Checks.perDimension("kernel", kernelSize, rank, 1),
                    stride,
                    dilation,
                    padding.get(),
                    paddingMode,
                    groups);
        }
    }

    /** A copy with the given stride. */
    public ConvGeometry withStride(int... value) {
        return new ConvGeometry(kernelSize, value, dilation, padding, paddingMode, groups);
    }

    /** A copy with the given dilation. */
    public ConvGeometry withDilation(int... value) {
        return new ConvGeometry(kernelSize, stride, value, padding, paddingMode, groups);
    }

    /** A copy with the given padding. */
    public ConvGeometry withPadding(Padding value) {
        return new ConvGeometry(kernelSize, stride, dilation, value, paddingMode, groups);
    }

    /** A copy with the given padding mode. */
    public ConvGeometry withPaddingMode(PaddingMode value) {
        return new ConvGeometry(kernelSize, stride, dilation, padding, value, groups);
    }

    /** A copy with the given number of groups. */
    public ConvGeometry withGroups(int value) {
        return new ConvGeometry(kernelSize, stride, dilation, padding, paddingMode, value);
    }

    /** Number of spatial dimensions: 1, 2 or 3. */
    @Override
    public int rank() {
        return kernelSize.length;
    }

    /** Kernel size for each dimension. */
    @Override
    public int[] kernelSize() {
        return kernelSize.clone();
    }

    /** Stride for each dimension. */
    @Override
    public int[] stride() {
        return stride.clone();
    }

    /** Dilation for each dimension. */
    @Override
    public int[] dilation() {
        return dilation.clone();
    }

    /** Number of positions added before the input, for each dimension. */
    public int[] padBefore() {
        return pad(true);
    }

    /** Number of positions added after the input, for each dimension. */
    public int[] padAfter() {
        return pad(false);
    }

    private int[] pad(boolean isBefore) {
        int[] result = new int[kernelSize.length];
        for (int d = 0; d < result.length; d++) {
            int total = dilation[d] * (kernelSize[d] - 1);
            result[d] =
                    switch (padding.kind()) {
                        case SAME -> isBefore ? total / 2 : total - total / 2;
                        case VALID -> 0;
                        case CAUSAL -> isBefore ? total : 0;
                        case EXPLICIT -> {
                            int[] sizes = isBefore ? padding.before() : padding.after();
                            yield sizes[sizes.length == 1 ? 0 : d];
                        }
                    };
        }
        return result;
    }

    private long effective(int dimension) {
        return effective(kernelSize[dimension], dilation[dimension]);
    }

    private static long effective(long kernelSize, long dilation) {
        return dilation * (kernelSize - 1) + 1;
    }

    /**
     * The equivalent 2-D convolution of {@code [N, C, 1, T]} for a 1-D one; 2-D and 3-D geometries
     * are returned as they are.
     */
    public ConvGeometry lifted() {
        if (kernelSize.length != 1) {
            return this;
        }
        boolean same = padding.kind() == Padding.Kind.SAME;
        return new ConvGeometry(
                new int[] {1, kernelSize[0]},
                new int[] {1, stride[0]},
                new int[] {1, dilation[0]},
                same
                        ? padding
                        : Padding.perSide(
                                new int[] {0, padBefore()[0]}, new int[] {0, padAfter()[0]}),
                paddingMode,
                groups);
    }

    /**
     * The equivalent convolution without dilation, for a kernel with zeros between its taps; its
     * kernel size is the effective one.
     */
    public ConvGeometry undilated() {
        int[] wide = new int[kernelSize.length];
        for (int d = 0; d < wide.length; d++) {
            wide[d] = (int) effective(d);
        }
        return new ConvGeometry(wide, stride, new int[] {1}, padding, paddingMode, groups);
    }

    /** Number of taps of the kernel. */
    public long kernelVolume() {
        return Arrays.stream(kernelSize).asLongStream().reduce(1, (a, b) -> a * b);
    }

    @Override
    public long outputLength(int dimension, long inputSize) {
        long padded = inputSize + padBefore()[dimension] + padAfter()[dimension];
        return Math.max(0, Math.floorDiv(padded - effective(dimension), stride[dimension]) + 1);
    }

    @Override
    public void checkExampleSize(int dimension, long exampleSize) {
        if (outputLength(dimension, exampleSize) > 0) {
            checkPaddingMode(dimension, exampleSize);
        }
    }

    private void checkPaddingMode(int dimension, long inputSize) {
        long limit = paddingMode.limit(inputSize);
        int most = Math.max(padBefore()[dimension], padAfter()[dimension]);
        if (most > limit) {
            throw new IllegalArgumentException(
                    String.format(
                            "padding mode %s can add at most %s positions to an input of size %s"
                                    + " (dimension %s), asked for %s",
                            paddingMode, limit, inputSize, dimension, most));
        }
    }

    @Override
    public long[] seen(int dimension, long inputSize, long position) {
        long first = position * stride[dimension] - padBefore()[dimension];
        return LongStream.range(0, kernelSize[dimension])
                .map(k -> first + k * dilation[dimension])
                .filter(i -> i >= 0 && i < inputSize)
                .toArray();
    }

    /**
     * Spatial size of the output.
     *
     * @param input spatial size of the input, one number per dimension
     * @throws IllegalArgumentException if the kernel does not fit or the padding mode cannot fill
     *     the padding
     */
    @Override
    public long[] outputSize(long... input) {
        checkRank(input);
        int[] before = padBefore();
        int[] after = padAfter();
        long[] output = new long[input.length];
        for (int d = 0; d < input.length; d++) {
            long effective = effective(d);
            long padded = input[d] + before[d] + after[d];
            if (input[d] < 1 || padded < effective) {
                throw new IllegalArgumentException(
                        String.format(
                                "input size %s is too small along dimension %s: with padding it is"
                                        + " %s, kernel %s%s needs at least %s",
                                Arrays.toString(input),
                                d,
                                padded,
                                kernelSize[d],
                                dilation[d] > 1 ? " with dilation " + dilation[d] : "",
                                effective));
            }
            checkPaddingMode(d, input[d]);
            output[d] = outputLength(d, input[d]);
        }
        return output;
    }

    /** Checks that an input has the kernel's number of dimensions. */
    void checkRank(long[] input) {
        if (input.length != kernelSize.length) {
            throw new IllegalArgumentException(
                    String.format(
                            "input of %s spatial dimensions %s; a kernel %s needs %s",
                            input.length,
                            Arrays.toString(input),
                            Arrays.toString(kernelSize),
                            kernelSize.length));
        }
    }

    /**
     * Shape of the output.
     *
     * @param input shape of the input, {@code [N, C, spatial...]}
     * @param outChannels number of output channels
     * @throws IllegalArgumentException as {@link #outputSize} does
     */
    public long[] outputShape(long[] input, long outChannels) {
        long[] spatial = outputSize(Arrays.copyOfRange(input, 2, input.length));
        long[] result = {input[0], outChannels};
        result = Arrays.copyOf(result, 2 + spatial.length);
        System.arraycopy(spatial, 0, result, 2, spatial.length);
        return result;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ConvGeometry other
                && Arrays.equals(kernelSize, other.kernelSize)
                && Arrays.equals(stride, other.stride)
                && Arrays.equals(dilation, other.dilation)
                && padding.equals(other.padding)
                && paddingMode == other.paddingMode
                && groups == other.groups;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                Arrays.hashCode(kernelSize),
                Arrays.hashCode(stride),
                Arrays.hashCode(dilation),
                padding,
                paddingMode,
                groups);
    }

    @Override
    public String toString() {
        return "kernel "
                + Arrays.toString(kernelSize)
                + ", stride "
                + Arrays.toString(stride)
                + ", dilation "
                + Arrays.toString(dilation)
                + ", padding "
                + padding
                + " ("
                + paddingMode
                + "), groups "
                + groups;
    }
}
