package org.lamina.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A convolution in 1, 2 or 3 dimensions that standardizes the weights of each output channel before
 * it uses them.
 *
 * <p>Parameters: those of the convolution, {@code W [out, in / groups, k...]}, {@code b [out]},
 * and, with a gain, {@code gain [out]}.
 *
 * @param conv the convolution
 * @param standardization formula of the standardization
 * @param gain whether an output channel has a gain
 */
public record WSConvSpec(ConvSpec conv, WeightStandardization standardization, boolean gain)
        implements LayerSpec {

    /** Key of the gain. */
    public static final String GAIN = "gain";

    public WSConvSpec {
        Objects.requireNonNull(conv, "conv");
        Objects.requireNonNull(standardization, "standardization");
        ConvGeometry geometry = conv.geometry();
        standardization.checkUnit(
                conv.inChannels() / geometry.groups() * geometry.kernelVolume(), "output channel");
    }

    @JsonCreator
    static WSConvSpec fromJson(
            @JsonProperty("conv") ConvSpec conv,
            @JsonProperty("standardization") WeightStandardization standardization,
            @JsonProperty("gain") Boolean gain) {
        boolean hasGain = gain == null || gain; // files of earlier versions have no such property
        return new WSConvSpec(conv, standardization, hasGain);
    }

    @Override
    public int spatialRank() {
        return conv.spatialRank();
    }

    @Override
    public long inChannels() {
        return conv.inChannels();
    }

    @Override
    public long outChannels() {
        return conv.outChannels();
    }

    @Override
    public WSConvSpec withInChannels(long channels) {
        return new WSConvSpec(conv.withInChannels(channels), standardization, gain);
    }

    @Override
    public WSConvSpec withOutChannels(long channels) {
        return new WSConvSpec(conv.withOutChannels(channels), standardization, gain);
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>(conv.params());
        if (gain) {
            params.add(ParamSpec.gain(GAIN, conv.outChannels(), 2 + spatialRank()));
        }
        return params;
    }

    @Override
    public List<Window> windows() {
        return conv.windows();
    }
}
