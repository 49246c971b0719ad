package org.lamina.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonIgnore;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A transposed convolution in 1, 2 or 3 dimensions that standardizes its weights before it uses
 * them: those of each output channel, or those of each input channel.
 *
 * <p>Parameters: {@code W [in, out / groups, k...]}, {@code b [out]} (PyTorch's layout), and, with
 * a gain, {@code gain [out]}, or {@code gain [in]} if the weights of an input channel are
 * standardized.
 */
public final class WSTransposedConvSpec implements LayerSpec {

    private static final long serialVersionUID = 1L;

    @JsonIgnore // its parts are properties of this
    private final TransposedConvSpec conv;

    private final WeightStandardization standardization;
    private final boolean perInputChannel;
    private final boolean gain;

    /**
     * Creates the specification.
     *
     * @param conv the transposed convolution
     * @param standardization formula of the standardization
     * @param perInputChannel whether the weights of each input channel are standardized, instead of
     *     those of each output channel
     * @param gain whether standardized weights have a gain
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public WSTransposedConvSpec(
            TransposedConvSpec conv,
            WeightStandardization standardization,
            boolean perInputChannel,
            boolean gain) {
        this.conv = Objects.requireNonNull(conv, "conv");
        this.standardization = Objects.requireNonNull(standardization, "standardization");
        this.perInputChannel = perInputChannel;
        this.gain = gain;
        long[] grouped = conv.groupedShape();
        standardization.checkUnit(
                grouped[perInputChannel ? 2 : 1] * grouped[3],
                perInputChannel ? "input channel" : "output channel");
    }

    /**
     * Creates the specification, with a gain.
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
    public WSTransposedConvSpec(
            long inChannels,
            long outChannels,
            TransposedConvGeometry geometry,
            boolean bias,
            WeightStandardization standardization,
            boolean perInputChannel) {
        this(
                new TransposedConvSpec(inChannels, outChannels, geometry, bias),
                standardization,
                perInputChannel,
                true);
    }

    @JsonCreator
    static WSTransposedConvSpec fromJson(
            @JsonProperty("inChannels") long inChannels,
            @JsonProperty("outChannels") long outChannels,
            @JsonProperty("geometry") TransposedConvGeometry geometry,
            @JsonProperty("bias") boolean bias,
            @JsonProperty("standardization") WeightStandardization standardization,
            @JsonProperty("perInputChannel") boolean perInputChannel,
            @JsonProperty("gain") Boolean gain) {
        return new WSTransposedConvSpec(
                new TransposedConvSpec(inChannels, outChannels, geometry, bias),
                standardization,
                perInputChannel,
                gain == null || gain); // older files have none
    }

    /** The transposed convolution. */
    @JsonIgnore
    public TransposedConvSpec conv() {
        return conv;
    }

    @Override
    public int spatialRank() {
        return conv.spatialRank();
    }

    @Override
    @JsonProperty("inChannels")
    public long inChannels() {
        return conv.inChannels();
    }

    @Override
    @JsonProperty("outChannels")
    public long outChannels() {
        return conv.outChannels();
    }

    /** Kernel, stride, dilation, padding, output padding, groups. */
    @JsonProperty("geometry")
    public TransposedConvGeometry geometry() {
        return conv.geometry();
    }

    /** Whether an output channel has a bias. */
    @JsonProperty("bias")
    public boolean bias() {
        return conv.bias();
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

    /** Whether standardized weights have a gain. */
    @JsonProperty("gain")
    public boolean gain() {
        return gain;
    }

    private WSTransposedConvSpec with(TransposedConvSpec changed) {
        return new WSTransposedConvSpec(changed, standardization, perInputChannel, gain);
    }

    @Override
    public WSTransposedConvSpec withInChannels(long channels) {
        return with(conv.withInChannels(channels));
    }

    @Override
    public WSTransposedConvSpec withOutChannels(long channels) {
        return with(conv.withOutChannels(channels));
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>(conv.params());
        if (gain) {
            long units = perInputChannel ? inChannels() : outChannels();
            params.add(ParamSpec.gain(WSConvSpec.GAIN, units, 2 + spatialRank()));
        }
        return params;
    }

    @Override
    public long[] outputSize(long... inputSize) {
        return conv.outputSize(inputSize);
    }

    @Override
    public long uses(long... inputSize) {
        return conv.uses(inputSize);
    }

    @Override
    public List<Window> windows() {
        return conv.windows();
    }

    @Override
    public boolean equals(Object o) {
        if (!(o instanceof WSTransposedConvSpec)) {
            return false;
        }
        WSTransposedConvSpec other = (WSTransposedConvSpec) o;
        return conv.equals(other.conv)
                && standardization.equals(other.standardization)
                && perInputChannel == other.perInputChannel
                && gain == other.gain;
    }

    @Override
    public int hashCode() {
        return Objects.hash(conv, standardization, perInputChannel, gain);
    }

    @Override
    public String toString() {
        return conv
                + ", "
                + standardization
                + " per "
                + (perInputChannel ? "input" : "output")
                + " channel"
                + (gain ? "" : ", no gain");
    }
}
