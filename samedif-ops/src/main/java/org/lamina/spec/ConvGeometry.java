package org.lamina.spec;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonIgnore;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Where a convolution looks: kernel, stride, dilation, padding and groups, in one, two or three
 * spatial dimensions.
 *
 * <pre>
 * effective kernel = dilation * (kernel - 1) + 1
 * output size      = floor((input + pad before + pad after - effective kernel) / stride) + 1
 * </pre>
 *
 * <p>Immutable; each {@code with...} method returns a changed copy. An array of one number stands
 * for all dimensions.
 */
public final class ConvGeometry implements Serializable {

    private static final long serialVersionUID = 1L;

    private final int[] kernel;
    private final int[] stride;
    private final int[] dilation;
    private final Padding padding;
    private final PaddingMode paddingMode;
    private final int groups;

    private ConvGeometry(
            int[] kernel,
            int[] stride,
            int[] dilation,
            Padding padding,
            PaddingMode paddingMode,
            int groups) {
        this.kernel = atLeastOne("kernel", kernel, kernel.length);
        int rank = kernel.length;
        if (rank < 1 || rank > 3) {
            throw new IllegalArgumentException(
                    "kernel = "
                            + Arrays.toString(kernel)
                            + "; give 1, 2 or 3 numbers, one per spatial dimension");
        }
        this.stride = atLeastOne("stride", stride, rank);
        this.dilation = atLeastOne("dilation", dilation, rank);
        this.padding = Objects.requireNonNull(padding, "padding");
        this.paddingMode = Objects.requireNonNull(paddingMode, "paddingMode");
        this.groups = groups;
        if (groups < 1) {
            throw new IllegalArgumentException("groups = " + groups + "; must be 1 or greater");
        }
        if (padding.kind() == Padding.Kind.CAUSAL && rank != 1) {
            throw new IllegalArgumentException(
                    "padding = 'causal' with " + rank + " spatial dimensions; it is defined for 1");
        }
        if (padding.kind() == Padding.Kind.EXPLICIT
                && padding.before().length != 1
                && padding.before().length != rank) {
            throw new IllegalArgumentException(
                    "padding = "
                            + padding
                            + "; give one number or "
                            + rank
                            + ", one per spatial dimension");
        }
    }

    /** A convolution with this kernel, stride 1, dilation 1, no padding and one group. */
    public static ConvGeometry ofKernel(int... kernel) {
        return new ConvGeometry(
                kernel, new int[] {1}, new int[] {1}, Padding.valid(), PaddingMode.ZEROS, 1);
    }

    @JsonCreator
    static ConvGeometry fromJson(
            @JsonProperty("kernel") int[] kernel,
            @JsonProperty("stride") int[] stride,
            @JsonProperty("dilation") int[] dilation,
            @JsonProperty("padding") Padding padding,
            @JsonProperty("paddingMode") PaddingMode paddingMode,
            @JsonProperty("groups") int groups) {
        return new ConvGeometry(kernel, stride, dilation, padding, paddingMode, groups);
    }

    /** Copy with another stride. */
    public ConvGeometry withStride(int... value) {
        return new ConvGeometry(kernel, value, dilation, padding, paddingMode, groups);
    }

    /** Copy with another dilation. */
    public ConvGeometry withDilation(int... value) {
        return new ConvGeometry(kernel, stride, value, padding, paddingMode, groups);
    }

    /** Copy with another padding. */
    public ConvGeometry withPadding(Padding value) {
        return new ConvGeometry(kernel, stride, dilation, value, paddingMode, groups);
    }

    /** Copy with another padding mode. */
    public ConvGeometry withPaddingMode(PaddingMode value) {
        return new ConvGeometry(kernel, stride, dilation, padding, value, groups);
    }

    /** Copy with another number of groups. */
    public ConvGeometry withGroups(int value) {
        return new ConvGeometry(kernel, stride, dilation, padding, paddingMode, value);
    }

    /** Number of spatial dimensions: 1, 2 or 3. */
    @JsonIgnore
    public int rank() {
        return kernel.length;
    }

    /** Kernel size for each dimension. */
    @JsonProperty("kernel")
    public int[] kernel() {
        return kernel.clone();
    }

    /** Stride for each dimension. */
    @JsonProperty("stride")
    public int[] stride() {
        return stride.clone();
    }

    /** Dilation for each dimension. */
    @JsonProperty("dilation")
    public int[] dilation() {
        return dilation.clone();
    }

    /** The padding rule. */
    @JsonProperty("padding")
    public Padding padding() {
        return padding;
    }

    /** What padded positions hold. */
    @JsonProperty("paddingMode")
    public PaddingMode paddingMode() {
        return paddingMode;
    }

    /** Number of groups: outputs of a group see the inputs of that group only. */
    @JsonProperty("groups")
    public int groups() {
        return groups;
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
        int[] result = new int[kernel.length];
        for (int d = 0; d < result.length; d++) {
            int total = dilation[d] * (kernel[d] - 1);
            switch (padding.kind()) {
                case SAME:
                    result[d] = isBefore ? total / 2 : total - total / 2;
                    break;
                case CAUSAL:
                    result[d] = isBefore ? total : 0;
                    break;
                case EXPLICIT:
                    int[] sizes = isBefore ? padding.before() : padding.after();
                    result[d] = sizes[sizes.length == 1 ? 0 : d];
                    break;
                default:
                    break;
            }
        }
        return result;
    }

    /**
     * Checks what no single field can be blamed for; a layer's spec does so when it is built.
     *
     * @return this
     * @throws IllegalArgumentException if stride and padding do not go together
     */
    ConvGeometry checked() {
        if (padding.kind() == Padding.Kind.SAME && Arrays.stream(stride).anyMatch(s -> s != 1)) {
            throw new IllegalArgumentException(
                    "padding = 'same' with stride = "
                            + Arrays.toString(stride)
                            + "; 'same' needs stride 1, give the padding as numbers");
        }
        return this;
    }

    /** Number of positions of the kernel. */
    public long kernelVolume() {
        return Arrays.stream(kernel).asLongStream().reduce(1, (a, b) -> a * b);
    }

    /**
     * Spatial size of the output.
     *
     * @param input spatial size of the input, one number per dimension
     * @throws IllegalArgumentException if the kernel does not fit or the padding mode cannot fill
     *     the padding
     */
    public long[] outputSize(long... input) {
        if (input.length != kernel.length) {
            throw new IllegalArgumentException(
                    "input of "
                            + input.length
                            + " spatial dimensions "
                            + Arrays.toString(input)
                            + "; a kernel "
                            + Arrays.toString(kernel)
                            + " needs "
                            + kernel.length);
        }
        checked();
        int[] before = padBefore();
        int[] after = padAfter();
        long[] output = new long[input.length];
        for (int d = 0; d < input.length; d++) {
            long effective = (long) dilation[d] * (kernel[d] - 1) + 1;
            long padded = input[d] + before[d] + after[d];
            if (input[d] < 1 || padded < effective) {
                throw new IllegalArgumentException(
                        "input size "
                                + Arrays.toString(input)
                                + " is too small along dimension "
                                + d
                                + ": with padding it is "
                                + padded
                                + ", kernel "
                                + kernel[d]
                                + (dilation[d] > 1 ? " with dilation " + dilation[d] : "")
                                + " needs at least "
                                + effective);
            }
            long limit = paddingMode.limit(input[d]);
            if (before[d] > limit || after[d] > limit) {
                throw new IllegalArgumentException(
                        "padding mode "
                                + paddingMode
                                + " can add at most "
                                + limit
                                + " positions to an input of size "
                                + input[d]
                                + " (dimension "
                                + d
                                + "), asked for "
                                + Math.max(before[d], after[d]));
            }
            output[d] = (padded - effective) / stride[d] + 1;
        }
        return output;
    }

    private static int[] atLeastOne(String field, int[] values, int rank) {
        if (values.length != 1 && values.length != rank) {
            throw new IllegalArgumentException(
                    field + " = " + Arrays.toString(values) + "; give one number or " + rank);
        }
        int[] result = new int[rank];
        for (int d = 0; d < rank; d++) {
            result[d] = values[values.length == 1 ? 0 : d];
            if (result[d] < 1) {
                throw new IllegalArgumentException(
                        field + " = " + Arrays.toString(values) + "; each must be 1 or greater");
            }
        }
        return result;
    }

    @Override
    public boolean equals(Object o) {
        if (!(o instanceof ConvGeometry)) {
            return false;
        }
        ConvGeometry other = (ConvGeometry) o;
        return Arrays.equals(kernel, other.kernel)
                && Arrays.equals(stride, other.stride)
                && Arrays.equals(dilation, other.dilation)
                && padding.equals(other.padding)
                && paddingMode == other.paddingMode
                && groups == other.groups;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                Arrays.hashCode(kernel),
                Arrays.hashCode(stride),
                Arrays.hashCode(dilation),
                padding,
                paddingMode,
                groups);
    }

    @Override
    public String toString() {
        return "kernel "
                + Arrays.toString(kernel)
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
