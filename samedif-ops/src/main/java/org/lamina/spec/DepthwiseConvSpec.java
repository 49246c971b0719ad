package org.lamina.spec;

import java.util.List;
import java.util.Objects;

/**
 * A depthwise convolution: each input channel has its own {@code depthMultiplier} filters; output
 * channel {@code c * depthMultiplier + m} is filter m of input channel c.
 *
 * <p>Parameters: {@code W [in * depthMultiplier, 1, k...]}, {@code b [in * depthMultiplier]}.
 *
 * @param inChannels number of input channels, or 0 if not yet known
 * @param depthMultiplier filters per input channel, 1 or greater
 * @param geometry kernel, stride, dilation, padding; its groups must be 1 (they follow from the
 *     channels)
 * @param bias whether each output channel has a bias
 * @param norm constraint on the weights
 */
public record DepthwiseConvSpec(
        long inChannels, int depthMultiplier, ConvGeometry geometry, boolean bias, NormSpec norm)
        implements LayerSpec {

    public DepthwiseConvSpec {
        Objects.requireNonNull(geometry, "geometry");
        Objects.requireNonNull(norm, "norm");
        Checks.divisible("nIn (input channels)", inChannels, 1, true);
        Checks.require(
                depthMultiplier >= 1, "depthMultiplier", depthMultiplier, "must be 1 or greater");
        Checks.require(
                geometry.groups() == 1,
                "groups",
                geometry.groups(),
                "a depthwise convolution has one group per input channel, give none");
        Checks.axesBelow(norm, 2 + geometry.rank());
    }

    /**
     * The equivalent grouped convolution.
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
    public long outChannels() {
        return inChannels * depthMultiplier;
    }

    @Override
    public DepthwiseConvSpec withInChannels(long channels) {
        return new DepthwiseConvSpec(channels, depthMultiplier, geometry, bias, norm);
    }

    @Override
    public DepthwiseConvSpec withOutChannels(long channels) {
        if (channels != 0 && channels != outChannels()) {
            throw new IllegalArgumentException(
                    String.format(
                            "nOut (output channels) = %s; a depthwise convolution has nIn *"
                                    + " depthMultiplier%s, do not set it",
                            channels, inChannels == 0 ? " outputs" : " = " + outChannels()));
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
    public List<Window> windows() {
        return List.of(geometry);
    }
}
