package org.lamina.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A convolution in 1, 2 or 3 dimensions: geometry, channels, bias and the norm constraint on its
 * weights.
 *
 * <p>Parameters: {@code W [out, in / groups, k...]}, {@code b [out]} (PyTorch's layout).
 *
 * @param inChannels number of input channels, a multiple of the groups, or 0 if not yet known
 * @param outChannels number of output channels, a multiple of the groups
 * @param geometry kernel, stride, dilation, padding, groups
 * @param bias whether each output channel has a bias
 * @param norm constraint on the weights
 */
public record ConvSpec(
        long inChannels, long outChannels, ConvGeometry geometry, boolean bias, NormSpec norm)
        implements LayerSpec {

    public ConvSpec {
        Objects.requireNonNull(geometry, "geometry");
        Objects.requireNonNull(norm, "norm");
        Checks.divisible("nIn (input channels)", inChannels, geometry.groups(), true);
        Checks.divisible("nOut (output channels)", outChannels, geometry.groups(), false);
        Checks.axesBelow(norm, 2 + geometry.rank());
    }

    @Override
    public int spatialRank() {
        return geometry.rank();
    }

    @Override
    public ConvSpec withInChannels(long channels) {
        return new ConvSpec(channels, outChannels, geometry, bias, norm);
    }

    @Override
    public ConvSpec withOutChannels(long channels) {
        return new ConvSpec(inChannels, channels, geometry, bias, norm);
    }

    /** A copy with another geometry, of the same number of groups. */
    public ConvSpec withGeometry(ConvGeometry value) {
        return new ConvSpec(inChannels, outChannels, value, bias, norm);
    }

    @Override
    public List<ParamSpec> params() {
        return params(ParamSpec.WEIGHT, ParamSpec.BIAS);
    }

    List<ParamSpec> params(String weightName, String biasName) {
        int groups = geometry.groups();
        return params(
                weightName,
                biasName,
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
        int[] kernelSize = geometry.kernelSize();
        long[] shape = new long[2 + kernelSize.length];
        shape[0] = outChannels;
        shape[1] = fanInChannels;
        double volume = geometry.kernelVolume();
        double strides = 1;
        for (int d = 0; d < kernelSize.length; d++) {
            shape[2 + d] = kernelSize[d];
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
    public List<Window> windows() {
        return List.of(geometry);
    }
}
