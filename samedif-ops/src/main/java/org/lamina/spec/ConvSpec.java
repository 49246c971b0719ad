package org.lamina.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A convolution in 1, 2 or 3 dimensions: geometry, channels, bias and the norm constraint on its
 * weights.
 *
 * <p>Parameters: {@code W [out, in / groups, k...]}, {@code b [out]} (PyTorch's layout).
 */
public final class ConvSpec implements LayerSpec {

    private static final long serialVersionUID = 1L;

    private final long inChannels;
    private final long outChannels;
    private final ConvGeometry geometry;
    private final boolean bias;
    private final NormSpec norm;

    /**
     * Creates the specification.
     *
     * @param inChannels number of input channels, a multiple of the groups, or 0 for not yet known
     * @param outChannels number of output channels, a multiple of the groups
     * @param geometry kernel, stride, dilation, padding, groups
     * @param bias whether an output channel has a bias
     * @param norm constraint on the weights
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public ConvSpec(
            @JsonProperty("inChannels") long inChannels,
            @JsonProperty("outChannels") long outChannels,
            @JsonProperty("geometry") ConvGeometry geometry,
            @JsonProperty("bias") boolean bias,
            @JsonProperty("norm") NormSpec norm) {
        this.inChannels = inChannels;
        this.outChannels = outChannels;
        this.geometry = Objects.requireNonNull(geometry, "geometry");
        this.bias = bias;
        this.norm = Objects.requireNonNull(norm, "norm");
        Checks.divisible("nIn (input channels)", inChannels, geometry.groups(), true);
        Checks.divisible("nOut (output channels)", outChannels, geometry.groups(), false);
        Checks.axesBelow(norm, 2 + geometry.rank());
    }

    @Override
    public int spatialRank() {
        return geometry.rank();
    }

    @Override
    @JsonProperty("inChannels")
    public long inChannels() {
        return inChannels;
    }

    @Override
    @JsonProperty("outChannels")
    public long outChannels() {
        return outChannels;
    }

    /** Kernel, stride, dilation, padding, groups. */
    @JsonProperty("geometry")
    public ConvGeometry geometry() {
        return geometry;
    }

    /** Whether an output channel has a bias. */
    @JsonProperty("bias")
    public boolean bias() {
        return bias;
    }

    /** Constraint on the weights. */
    @JsonProperty("norm")
    public NormSpec norm() {
        return norm;
    }

    @Override
    public ConvSpec withInChannels(long channels) {
        return new ConvSpec(channels, outChannels, geometry, bias, norm);
    }

    @Override
    public ConvSpec withOutChannels(long channels) {
        return new ConvSpec(inChannels, channels, geometry, bias, norm);
    }

    @Override
    public List<ParamSpec> params() {
        int groups = geometry.groups();
        return params(
                ParamSpec.WEIGHT,
                ParamSpec.BIAS,
                outChannels,
                inChannels / groups,
                outChannels / groups,
                geometry,
                bias,
                norm);
    }

    /** Weight and bias of a convolution whose filters see {@code fanInChannels} channels each. */
    static List<ParamSpec> params(
            String weightName,
            String biasName,
            long outChannels,
            long fanInChannels,
            long fanOutChannels,
            ConvGeometry geometry,
            boolean bias,
            NormSpec norm) {
        int[] kernel = geometry.kernel();
        long[] shape = new long[2 + kernel.length];
        shape[0] = outChannels;
        shape[1] = fanInChannels;
        double volume = geometry.kernelVolume();
        double strides = 1;
        for (int d = 0; d < kernel.length; d++) {
            shape[2 + d] = kernel[d];
            strides *= geometry.stride()[d];
        }
        List<ParamSpec> params = new ArrayList<>();
        params.add(
                ParamSpec.weight(
                        weightName,
                        shape,
                        'c',
                        new int[] {0},
                        fanInChannels * volume,
                        fanOutChannels * volume / strides,
                        norm));
        if (bias) {
            params.add(ParamSpec.vector(biasName, outChannels, ParamSpec.Role.BIAS));
        }
        return params;
    }

    @Override
    public long[] outputSize(long... inputSize) {
        return geometry.outputSize(inputSize);
    }

    @Override
    public List<Window> windows() {
        return List.of(geometry);
    }

    @Override
    public boolean equals(Object o) {
        if (!(o instanceof ConvSpec)) {
            return false;
        }
        ConvSpec other = (ConvSpec) o;
        return inChannels == other.inChannels
                && outChannels == other.outChannels
                && geometry.equals(other.geometry)
                && bias == other.bias
                && norm.equals(other.norm);
    }

    @Override
    public int hashCode() {
        return Objects.hash(inChannels, outChannels, geometry, bias, norm);
    }

    @Override
    public String toString() {
        return inChannels
                + " -> "
                + outChannels
                + ", "
                + geometry
                + ", bias "
                + bias
                + ", constraint "
                + norm;
    }
}
