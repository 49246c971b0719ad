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
 */
public final class WSConvSpec implements LayerSpec {

    /** Key of the gain. */
    public static final String GAIN = "gain";

    private static final long serialVersionUID = 1L;

    private final ConvSpec conv;
    private final WeightStandardization standardization;
    private final boolean gain;

    /**
     * Creates the specification, with a gain.
     *
     * @param conv the convolution
     * @param standardization formula of the standardization
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public WSConvSpec(ConvSpec conv, WeightStandardization standardization) {
        this(conv, standardization, true);
    }

    /**
     * Creates the specification.
     *
     * @param conv the convolution
     * @param standardization formula of the standardization
     * @param gain whether an output channel has a gain; null (in older files): true
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public WSConvSpec(
            @JsonProperty("conv") ConvSpec conv,
            @JsonProperty("standardization") WeightStandardization standardization,
            @JsonProperty("gain") Boolean gain) {
        this.gain = gain == null || gain;
        this.conv = Objects.requireNonNull(conv, "conv");
        this.standardization = Objects.requireNonNull(standardization, "standardization");
        ConvGeometry geometry = conv.geometry();
        standardization.checkUnit(
                conv.inChannels() / geometry.groups() * geometry.kernelVolume(), "output channel");
    }

    /** The convolution. */
    @JsonProperty("conv")
    public ConvSpec conv() {
        return conv;
    }

    /** Formula of the standardization. */
    @JsonProperty("standardization")
    public WeightStandardization standardization() {
        return standardization;
    }

    /** Whether an output channel has a gain. */
    @JsonProperty("gain")
    public boolean gain() {
        return gain;
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
    public long[] outputSize(long... inputSize) {
        return conv.outputSize(inputSize);
    }

    @Override
    public List<Window> windows() {
        return conv.windows();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof WSConvSpec
                && conv.equals(((WSConvSpec) o).conv)
                && standardization.equals(((WSConvSpec) o).standardization)
                && gain == ((WSConvSpec) o).gain;
    }

    @Override
    public int hashCode() {
        return Objects.hash(conv, standardization, gain);
    }

    @Override
    public String toString() {
        return conv + ", " + standardization + (gain ? "" : ", no gain");
    }
}
