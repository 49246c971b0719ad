package org.lamina.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A depthwise convolution followed by a pointwise one (kernel 1).
 *
 * <p>Parameters: {@code dW [in * depthMultiplier, 1, k...]}, {@code pW [out, in * depthMultiplier,
 * 1...]} and, with biases, {@code db [in * depthMultiplier]}, {@code pb [out]}.
 */
public final class SeparableConvSpec implements LayerSpec {

    /** Key of the depthwise weight. */
    public static final String DEPTHWISE_WEIGHT = "dW";

    /** Key of the pointwise weight. */
    public static final String POINTWISE_WEIGHT = "pW";

    /** Key of the depthwise bias. */
    public static final String DEPTHWISE_BIAS = "db";

    /** Key of the pointwise bias. */
    public static final String POINTWISE_BIAS = "pb";

    private static final long serialVersionUID = 1L;

    private final DepthwiseConvSpec depthwise;
    private final long outChannels;
    private final boolean pointwiseBias;
    private final NormSpec pointwiseNorm;

    /**
     * Creates the specification.
     *
     * @param depthwise the depthwise part
     * @param outChannels number of output channels
     * @param pointwiseBias whether the pointwise part has a bias
     * @param pointwiseNorm constraint on the pointwise weights
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public SeparableConvSpec(
            @JsonProperty("depthwise") DepthwiseConvSpec depthwise,
            @JsonProperty("outChannels") long outChannels,
            @JsonProperty("pointwiseBias") boolean pointwiseBias,
            @JsonProperty("pointwiseNorm") NormSpec pointwiseNorm) {
        this.depthwise = Objects.requireNonNull(depthwise, "depthwise");
        this.outChannels = outChannels;
        this.pointwiseBias = pointwiseBias;
        this.pointwiseNorm = Objects.requireNonNull(pointwiseNorm, "pointwiseNorm");
        Checks.divisible("nOut (output channels)", outChannels, 1, false);
        Checks.axesBelow(pointwiseNorm, 2 + depthwise.spatialRank());
    }

    /** The depthwise part. */
    @JsonProperty("depthwise")
    public DepthwiseConvSpec depthwise() {
        return depthwise;
    }

    /** The pointwise part. */
    public ConvSpec pointwise() {
        int[] ones = new int[spatialRank()];
        Arrays.fill(ones, 1);
        return new ConvSpec(
                depthwise.outChannels(),
                outChannels,
                ConvGeometry.ofKernel(ones),
                pointwiseBias,
                pointwiseNorm);
    }

    @Override
    public int spatialRank() {
        return depthwise.spatialRank();
    }

    @Override
    public long inChannels() {
        return depthwise.inChannels();
    }

    @Override
    @JsonProperty("outChannels")
    public long outChannels() {
        return outChannels;
    }

    /** Whether the pointwise part has a bias. */
    @JsonProperty("pointwiseBias")
    public boolean pointwiseBias() {
        return pointwiseBias;
    }

    /** Constraint on the pointwise weights. */
    @JsonProperty("pointwiseNorm")
    public NormSpec pointwiseNorm() {
        return pointwiseNorm;
    }

    @Override
    public SeparableConvSpec withInChannels(long channels) {
        return new SeparableConvSpec(
                depthwise.withInChannels(channels), outChannels, pointwiseBias, pointwiseNorm);
    }

    @Override
    public SeparableConvSpec withOutChannels(long channels) {
        return new SeparableConvSpec(depthwise, channels, pointwiseBias, pointwiseNorm);
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> all = new ArrayList<>();
        all.addAll(depthwise.params(DEPTHWISE_WEIGHT, DEPTHWISE_BIAS));
        ConvSpec pointwise = pointwise();
        all.addAll(
                ConvSpec.params(
                        POINTWISE_WEIGHT,
                        POINTWISE_BIAS,
                        outChannels,
                        pointwise.inChannels(),
                        outChannels,
                        pointwise.geometry(),
                        pointwiseBias,
                        pointwiseNorm));
        List<ParamSpec> weightsFirst = new ArrayList<>();
        all.stream().filter(ParamSpec::weight).forEach(weightsFirst::add);
        all.stream().filter(p -> !p.weight()).forEach(weightsFirst::add);
        return weightsFirst;
    }

    @Override
    public long[] outputSize(long... inputSize) {
        return depthwise.outputSize(inputSize);
    }

    @Override
    public List<Window> windows() {
        return List.of(depthwise.geometry());
    }

    @Override
    public boolean equals(Object o) {
        if (!(o instanceof SeparableConvSpec)) {
            return false;
        }
        SeparableConvSpec other = (SeparableConvSpec) o;
        return depthwise.equals(other.depthwise)
                && outChannels == other.outChannels
                && pointwiseBias == other.pointwiseBias
                && pointwiseNorm.equals(other.pointwiseNorm);
    }

    @Override
    public int hashCode() {
        return Objects.hash(depthwise, outChannels, pointwiseBias, pointwiseNorm);
    }

    @Override
    public String toString() {
        return "depthwise (" + depthwise + ") -> " + outChannels + ", constraint " + pointwiseNorm;
    }
}
