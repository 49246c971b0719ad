package org.lamina.spec;

import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonIgnore;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A depthwise convolution: each input channel has {@code depthMultiplier} filters of its own;
 * output channel {@code c * depthMultiplier + m} is filter m of input channel c.
 *
 * <p>Parameters: {@code W [in * depthMultiplier, 1, k...]}, {@code b [in * depthMultiplier]}.
 */
public final class DepthwiseConvSpec implements LayerSpec {

    private static final long serialVersionUID = 1L;

    private final long inChannels;
    private final int depthMultiplier;
    private final ConvGeometry geometry;
    private final boolean bias;
    private final NormSpec norm;

    /**
     * Creates the specification.
     *
     * @param inChannels number of input channels, or 0 for not yet known
     * @param depthMultiplier filters per input channel, 1 or greater
     * @param geometry kernel, stride, dilation, padding; its groups must be 1 (they follow from the
     *     channels)
     * @param bias whether an output channel has a bias
     * @param norm constraint on the weights
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public DepthwiseConvSpec(
            @JsonProperty("inChannels") long inChannels,
            @JsonProperty("depthMultiplier") int depthMultiplier,
            @JsonProperty("geometry") ConvGeometry geometry,
            @JsonProperty("bias") boolean bias,
            @JsonProperty("norm") NormSpec norm) {
        this.inChannels = inChannels;
        this.depthMultiplier = depthMultiplier;
        this.geometry = Objects.requireNonNull(geometry, "geometry");
        this.bias = bias;
        this.norm = Objects.requireNonNull(norm, "norm");
        Checks.divisible("nIn (input channels)", inChannels, 1, true);
        if (depthMultiplier < 1) {
            throw new IllegalArgumentException(
                    "depthMultiplier = " + depthMultiplier + "; must be 1 or greater");
        }
        if (geometry.groups() != 1) {
            throw new IllegalArgumentException(
                    "groups = "
                            + geometry.groups()
                            + "; a depthwise convolution has one group per input channel, give"
                            + " none");
        }
        Checks.axesBelow(norm, 2 + geometry.rank());
    }

    /**
     * The same as a grouped convolution.
     *
     * @throws IllegalStateException while the number of input channels is unknown
     */
    public ConvSpec asConv() {
        if (inChannels == 0) {
            throw new IllegalStateException("nIn (input channels) is not known yet");
        }
        return new ConvSpec(
                inChannels,
                outChannels(),
                geometry.withGroups(Math.toIntExact(inChannels)),
                bias,
                norm);
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
    @JsonIgnore
    public long outChannels() {
        return inChannels * depthMultiplier;
    }

    /** Filters per input channel. */
    @JsonProperty("depthMultiplier")
    public int depthMultiplier() {
        return depthMultiplier;
    }

    /** Kernel, stride, dilation, padding. */
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
    public DepthwiseConvSpec withInChannels(long channels) {
        return new DepthwiseConvSpec(channels, depthMultiplier, geometry, bias, norm);
    }

    @Override
    public DepthwiseConvSpec withOutChannels(long channels) {
        if (channels != 0 && channels != outChannels()) {
            throw new IllegalArgumentException(
                    "nOut (output channels) = "
                            + channels
                            + "; a depthwise convolution has nIn * depthMultiplier"
                            + (inChannels == 0 ? " outputs" : " = " + outChannels())
                            + ", do not set it");
        }
        return this;
    }

    @Override
    public List<ParamSpec> params() {
        return params(ParamSpec.WEIGHT, ParamSpec.BIAS);
    }

    List<ParamSpec> params(String weightName, String biasName) {
        return ConvSpec.params(
                weightName, biasName, outChannels(), 1, depthMultiplier, geometry, bias, norm);
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
        if (!(o instanceof DepthwiseConvSpec)) {
            return false;
        }
        DepthwiseConvSpec other = (DepthwiseConvSpec) o;
        return inChannels == other.inChannels
                && depthMultiplier == other.depthMultiplier
                && geometry.equals(other.geometry)
                && bias == other.bias
                && norm.equals(other.norm);
    }

    @Override
    public int hashCode() {
        return Objects.hash(inChannels, depthMultiplier, geometry, bias, norm);
    }

    @Override
    public String toString() {
        return inChannels
                + " x "
                + depthMultiplier
                + ", "
                + geometry
                + ", bias "
                + bias
                + ", constraint "
                + norm;
    }
}
