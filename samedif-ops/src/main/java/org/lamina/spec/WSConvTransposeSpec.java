package org.lamina.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A transposed convolution in 1, 2 or 3 dimensions that standardizes its weights before it uses
 * them: those of each output channel, or those of each input channel.
 *
 * <p>Parameters: {@code W [in, out / groups, k...]}, {@code b [out]} (PyTorch's layout), and, with
 * a gain, {@code gain [out]}, or {@code gain [in]} if the weights of an input channel are
 * standardized.
 *
 * @param inChannels number of input channels, a multiple of the groups, or 0 if not yet known
 * @param outChannels number of output channels, a multiple of the groups
 * @param geometry kernel, stride, dilation, padding, output padding, groups
 * @param bias whether each output channel has a bias
 * @param standardization formula of the standardization
 * @param perInputChannel whether the weights of each input channel are standardized, instead of
 *     those of each output channel
 * @param gain whether standardized weights have a gain
 */
public record WSConvTransposeSpec(
        long inChannels,
        long outChannels,
        ConvTransposeGeometry geometry,
        boolean bias,
        WeightStandardization standardization,
        boolean perInputChannel,
        boolean gain)
        implements LayerSpec {

    public WSConvTransposeSpec {
        Objects.requireNonNull(standardization, "standardization");
        long[] grouped =
                new ConvTransposeSpec(inChannels, outChannels, geometry, bias).groupedShape();
        standardization.checkUnit(
                grouped[perInputChannel ? 2 : 1] * grouped[3],
                perInputChannel ? "input channel" : "output channel");
    }

    /**
     * Creates the specification from its convolution.
     *
     * @param conv the transposed convolution
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public WSConvTransposeSpec(
            ConvTransposeSpec conv,
            WeightStandardization standardization,
            boolean perInputChannel,
            boolean gain) {
        this(
                conv.inChannels(),
                conv.outChannels(),
                conv.geometry(),
                conv.bias(),
                standardization,
                perInputChannel,
                gain);
    }

    @JsonCreator
    static WSConvTransposeSpec fromJson(
            @JsonProperty("inChannels") long inChannels,
            @JsonProperty("outChannels") long outChannels,
            @JsonProperty("geometry") ConvTransposeGeometry geometry,
            @JsonProperty("bias") boolean bias,
            @JsonProperty("standardization") WeightStandardization standardization,
            @JsonProperty("perInputChannel") boolean perInputChannel,
            @JsonProperty("gain") Boolean gain) {
        return new WSConvTransposeSpec(
                inChannels,
                outChannels,
                geometry,
                bias,
                standardization,
                perInputChannel,
                gain == null || gain); // files of earlier versions have no such property
    }

    /** The transposed convolution. */
    public ConvTransposeSpec conv() {
        return new ConvTransposeSpec(inChannels, outChannels, geometry, bias);
    }

    @Override
    public int spatialRank() {
        return geometry.rank();
    }

    private WSConvTransposeSpec with(ConvTransposeSpec changed) {
        return new WSConvTransposeSpec(changed, standardization, perInputChannel, gain);
    }

    @Override
    public WSConvTransposeSpec withInChannels(long channels) {
        return with(conv().withInChannels(channels));
    }

    @Override
    public WSConvTransposeSpec withOutChannels(long channels) {
        return with(conv().withOutChannels(channels));
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>(conv().params());
        if (gain) {
            long units = perInputChannel ? inChannels : outChannels;
            params.add(ParamSpec.gain(WSConvSpec.GAIN, units, 2 + spatialRank()));
        }
        return params;
    }

    @Override
    public long uses(long... inputSize) {
        return conv().uses(inputSize);
    }

    @Override
    public List<Window> windows() {
        return conv().windows();
    }
}
