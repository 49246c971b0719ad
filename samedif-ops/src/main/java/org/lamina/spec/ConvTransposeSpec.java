package org.lamina.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A transposed convolution in 1, 2 or 3 dimensions: geometry, channels and bias.
 *
 * <p>Parameters: {@code W [in, out / groups, k...]}, {@code b [out]} (PyTorch's layout).
 *
 * @param inChannels number of input channels, a multiple of the groups, or 0 if not yet known
 * @param outChannels number of output channels, a multiple of the groups
 * @param geometry kernel, stride, dilation, padding, output padding, groups
 * @param bias whether each output channel has a bias
 */
public record ConvTransposeSpec(
        long inChannels, long outChannels, ConvTransposeGeometry geometry, boolean bias)
        implements LayerSpec {

    public ConvTransposeSpec {
        Objects.requireNonNull(geometry, "geometry");
        Checks.divisible("nIn (input channels)", inChannels, geometry.groups(), true);
        Checks.divisible("nOut (output channels)", outChannels, geometry.groups(), false);
    }

    @Override
    public int spatialRank() {
        return geometry.rank();
    }

    @Override
    public ConvTransposeSpec withInChannels(long channels) {
        return new ConvTransposeSpec(channels, outChannels, geometry, bias);
    }

    @Override
    public ConvTransposeSpec withOutChannels(long channels) {
        return new ConvTransposeSpec(inChannels, channels, geometry, bias);
    }

    /** Shape of the weights. */
    public long[] weightShape() {
        int[] kernelSize = geometry.convolution().kernelSize();
        long[] shape = new long[2 + kernelSize.length];
        Arrays.setAll(shape, d -> d < 2 ? 0 : kernelSize[d - 2]);
        shape[0] = inChannels;
        shape[1] = outChannels / geometry.groups();
        return shape;
    }

    /**
     * The weights' axes as {@code [groups, in / groups, out / groups, kernel volume]}. Swapping the
     * two middle axes gives one row per output channel, and vice versa.
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
        double fanIn = grouped[2] * grouped[3];
        double fanOut = grouped[1] * grouped[3] / strides;
        List<ParamSpec> params = new ArrayList<>();
        boolean one = geometry.groups() == 1;
        params.add(
                ParamSpec.weight(
                                ParamSpec.WEIGHT,
                                weightShape(),
                                'c',
                                one ? new int[] {1} : null,
                                fanIn,
                                fanOut,
                                NormSpec.none())
                        .with(null, one ? null : new ParamSpec.UnitView(grouped, 0, 2)));
        if (bias) {
            params.add(ParamSpec.vector(ParamSpec.BIAS, outChannels, ParamSpec.Role.BIAS));
        }
        return params;
    }

    /** Each input position contributes to the output through all weights. */
    @Override
    public long uses(long... inputSize) {
        return Arrays.stream(inputSize).reduce(1, (a, b) -> a * b);
    }

    @Override
    public List<Window> windows() {
        return List.of(geometry);
    }
}
