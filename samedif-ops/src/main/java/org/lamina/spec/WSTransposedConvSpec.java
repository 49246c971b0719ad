package org.lamina.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A transposed convolution in 1, 2 or 3 dimensions that standardizes its weights before it uses
 * them: those of each output channel, or those of each input channel.
 *
 * <p>Parameters: {@code W [in, out / groups, k...]}, {@code b [out]} (PyTorch's layout), and {@code
 * gain [out]}, or {@code gain [in]} if the weights of an input channel are standardized.
 */
public final class WSTransposedConvSpec implements LayerSpec {

    private static final long serialVersionUID = 1L;

    private final long inChannels;
    private final long outChannels;
    private final TransposedConvGeometry geometry;
    private final boolean bias;
    private final WeightStandardization standardization;
    private final boolean perInputChannel;

    /**
     * Creates the specification.
     *
     * @param inChannels number of input channels, a multiple of the groups, or 0 for not yet known
     * @param outChannels number of output channels, a multiple of the groups
     * @param geometry kernel, stride, dilation, padding, output padding, groups
     * @param bias whether an output channel has a bias
     * @param standardization formula of the standardization
     * @param perInputChannel whether the weights of each input channel are standardized, instead of
     *     those of each output channel
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public WSTransposedConvSpec(
            @JsonProperty("inChannels") long inChannels,
            @JsonProperty("outChannels") long outChannels,
            @JsonProperty("geometry") TransposedConvGeometry geometry,
            @JsonProperty("bias") boolean bias,
            @JsonProperty("standardization") WeightStandardization standardization,
            @JsonProperty("perInputChannel") boolean perInputChannel) {
        this.inChannels = inChannels;
        this.outChannels = outChannels;
        this.geometry = Objects.requireNonNull(geometry, "geometry");
        this.bias = bias;
        this.standardization = Objects.requireNonNull(standardization, "standardization");
        this.perInputChannel = perInputChannel;
        Checks.divisible("nIn (input channels)", inChannels, geometry.groups(), true);
        Checks.divisible("nOut (output channels)", outChannels, geometry.groups(), false);
        long channels = perInputChannel ? outChannels : inChannels;
        standardization.checkUnit(
                channels / geometry.groups() * geometry.convolution().kernelVolume(),
                perInputChannel ? "input channel" : "output channel");
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

    /** Kernel, stride, dilation, padding, output padding, groups. */
    @JsonProperty("geometry")
    public TransposedConvGeometry geometry() {
        return geometry;
    }

    /** Whether an output channel has a bias. */
    @JsonProperty("bias")
    public boolean bias() {
        return bias;
    }

    /** Formula of the standardization. */
    @JsonProperty("standardization")
    public WeightStandardization standardization() {
        return standardization;
    }

    /**
     * Whether the weights of each input channel are standardized, instead of those of each output
     * channel.
     */
    @JsonProperty("perInputChannel")
    public boolean perInputChannel() {
        return perInputChannel;
    }

    @Override
    public WSTransposedConvSpec withInChannels(long channels) {
        return new WSTransposedConvSpec(
                channels, outChannels, geometry, bias, standardization, perInputChannel);
    }

    @Override
    public WSTransposedConvSpec withOutChannels(long channels) {
        return new WSTransposedConvSpec(
                inChannels, channels, geometry, bias, standardization, perInputChannel);
    }

    /** Shape of the weights. */
    public long[] weightShape() {
        int[] kernel = geometry.convolution().kernel();
        long[] shape = new long[2 + kernel.length];
        Arrays.setAll(shape, d -> d < 2 ? 0 : kernel[d - 2]);
        shape[0] = inChannels;
        shape[1] = outChannels / geometry.groups();
        return shape;
    }

    /**
     * The weights' axes as {@code [groups, in / groups, out / groups, kernel volume]}. Exchanging
     * the two in the middle gives a row of elements for each output channel, and back.
     */
    public long[] groupedShape() {
        int groups = geometry.groups();
        return new long[] {
            groups, inChannels / groups, outChannels / groups, geometry.convolution().kernelVolume()
        };
    }

    /** Weights and bias as in PyTorch; its fan-in counts the elements of an input channel. */
    @Override
    public List<ParamSpec> params() {
        long[] grouped = groupedShape();
        double strides = 1;
        for (int stride : geometry.convolution().stride()) {
            strides *= stride;
        }
        List<ParamSpec> params = new ArrayList<>();
        params.add(
                ParamSpec.weight(
                        ParamSpec.WEIGHT,
                        weightShape(),
                        'c',
                        // With groups an output channel is no place along axes of the array.
                        geometry.groups() == 1 ? new int[] {1} : null,
                        grouped[2] * grouped[3],
                        grouped[1] * grouped[3] / strides,
                        NormSpec.none()));
        if (bias) {
            params.add(ParamSpec.vector(ParamSpec.BIAS, outChannels, ParamSpec.Role.BIAS));
        }
        params.add(
                ParamSpec.vector(
                        WSConvSpec.GAIN,
                        perInputChannel ? inChannels : outChannels,
                        ParamSpec.Role.GAIN));
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
        if (!(o instanceof WSTransposedConvSpec)) {
            return false;
        }
        WSTransposedConvSpec other = (WSTransposedConvSpec) o;
        return inChannels == other.inChannels
                && outChannels == other.outChannels
                && geometry.equals(other.geometry)
                && bias == other.bias
                && standardization.equals(other.standardization)
                && perInputChannel == other.perInputChannel;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                inChannels, outChannels, geometry, bias, standardization, perInputChannel);
    }

    @Override
    public String toString() {
        return inChannels
                + " -> "
                + outChannels
                + ", transposed, "
                + geometry
                + ", bias "
                + bias
                + ", "
                + standardization
                + " per "
                + (perInputChannel ? "input" : "output")
                + " channel";
    }

    /** Collects what a transposed convolution has beside a convolution's options. */
    public static final class Builder {
        private int[] outputPadding = {0};
        private int[] outputSize;
        private boolean perInputChannel;

        /** Output padding, one number per dimension or one for all. */
        public Builder outputPadding(int... values) {
            this.outputPadding = values == null ? null : values.clone();
            return this;
        }

        /** Exact output size, one number per dimension or one for all; null for none. */
        public Builder outputSize(int... values) {
            this.outputSize = values == null ? null : values.clone();
            return this;
        }

        /** Whether the weights of each input channel are standardized. */
        public Builder perInputChannel(boolean value) {
            this.perInputChannel = value;
            return this;
        }

        /**
         * The specification.
         *
         * @throws IllegalArgumentException naming the field, its value and what is allowed
         */
        public WSTransposedConvSpec build(
                long inChannels,
                long outChannels,
                ConvGeometry convolution,
                boolean bias,
                WeightStandardization standardization) {
            TransposedConvGeometry geometry =
                    new TransposedConvGeometry(convolution)
                            .withOutputPadding(outputPadding)
                            .withOutputSize(outputSize);
            return new WSTransposedConvSpec(
                    inChannels, outChannels, geometry, bias, standardization, perInputChannel);
        }
    }
}
