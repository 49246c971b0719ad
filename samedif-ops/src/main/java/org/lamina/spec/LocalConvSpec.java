package org.lamina.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A convolution in 1 or 2 dimensions with separate filters at every output position, so its
 * parameters depend on the input size.
 *
 * <p>Parameters: {@code W [out, in * kernel volume, positions]}, {@code b [out, positions]}. A
 * filter's elements are in the order channel, kernel row, kernel column; output positions row by
 * row. Unless the layer sets an initialization, both are uniform in {@code (-a, a)} with {@code a =
 * 1 / sqrt(in * kernel volume * positions)}.
 *
 * @param inChannels number of input channels, or 0 if not yet known
 * @param outChannels number of output channels
 * @param inputSize spatial size of the input, one number for each dimension; empty if not yet known
 * @param geometry kernel, stride, dilation, padding; one group
 * @param bias whether every output channel has a bias at every position
 * @param uniformWeights whether the filters are initialized as described above, instead of by the
 *     layer's weight initialization
 * @param uniformBias whether the bias is initialized as described above, instead of by the layer's
 *     bias init
 */
public record LocalConvSpec(
        long inChannels,
        long outChannels,
        long[] inputSize,
        ConvGeometry geometry,
        boolean bias,
        boolean uniformWeights,
        boolean uniformBias)
        implements LayerSpec {

    public LocalConvSpec {
        Objects.requireNonNull(geometry, "geometry");
        int groups = geometry.groups();
        Checks.require(groups == 1, "groups", groups, "a local convolution has 1");
        Checks.require(
                geometry.rank() <= 2,
                "kernel",
                geometry.kernelSize(),
                "a local convolution has 1 or 2 spatial dimensions");
        Checks.divisible("nIn (input channels)", inChannels, 1, true);
        Checks.divisible("nOut (output channels)", outChannels, 1, false);
        boolean unknown = inputSize != null && inputSize.length == 0;
        boolean fits =
                inputSize != null
                        && inputSize.length == geometry.rank()
                        && Arrays.stream(inputSize).allMatch(s -> s >= 1);
        Checks.require(
                unknown || fits,
                "inputSize",
                inputSize,
                geometry.rank() == 1
                        ? "give the input's length, 1 or greater"
                        : "give the input's height and width, each 1 or greater");
        inputSize = inputSize.clone();
        if (!unknown) {
            geometry.outputSize(inputSize); // the kernel fits, the padding can be filled
        }
    }

    @Override
    public int spatialRank() {
        return geometry.rank();
    }

    /** Spatial size of the input; empty while unknown. */
    @Override
    public long[] inputSize() {
        return inputSize.clone();
    }

    @Override
    public LocalConvSpec withInChannels(long channels) {
        return with(channels, outChannels, inputSize);
    }

    @Override
    public LocalConvSpec withOutChannels(long channels) {
        return with(inChannels, channels, inputSize);
    }

    @Override
    public LocalConvSpec withInputSize(long... size) {
        checkSize(size);
        return with(inChannels, outChannels, size);
    }

    private LocalConvSpec with(long in, long out, long[] size) {
        return new LocalConvSpec(in, out, size, geometry, bias, uniformWeights, uniformBias);
    }

    @Override
    public String missing() {
        if (LayerSpec.super.missing() != null) {
            return LayerSpec.super.missing();
        }
        return inputSize.length > 0
                ? null
                : "inputSize is not known; set inputSize on the layer or an input type with that"
                        + " size on the network";
    }

    /** Number of elements of a filter: input channels times kernel volume. */
    public long taps() {
        return inChannels * geometry.kernelVolume();
    }

    /** Number of output positions, 0 while unknown. */
    public long positions() {
        return inputSize.length == 0
                ? 0
                : Arrays.stream(geometry.outputSize(inputSize)).reduce(1, (a, b) -> a * b);
    }

    @Override
    public List<ParamSpec> params() {
        long taps = taps();
        long positions = positions();
        UniformInit uniform = new UniformInit(1 / Math.sqrt(Math.max(1, taps * positions)));
        List<ParamSpec> params = new ArrayList<>();
        params.add(
                ParamSpec.weight(
                                ParamSpec.WEIGHT,
                                new long[] {outChannels, taps, positions},
                                'c',
                                new int[] {0, 2},
                                taps,
                                (double) outChannels * geometry.kernelVolume(),
                                NormSpec.none())
                        .with(uniformWeights ? uniform : null, null));
        if (bias) {
            params.add(
                    new ParamSpec(
                            ParamSpec.BIAS,
                            new long[] {outChannels, positions},
                            'c',
                            ParamSpec.Role.BIAS,
                            Double.NaN,
                            new int[] {0, 1},
                            taps,
                            outChannels,
                            NormSpec.none(),
                            uniformBias ? uniform : null,
                            null));
        }
        return params;
    }

    @Override
    public long[] outputSize(long... size) {
        checkSize(size);
        return geometry.outputSize(size);
    }

    private void checkSize(long[] size) {
        if (inputSize.length > 0 && !Arrays.equals(size, inputSize)) {
            throw new IllegalArgumentException(
                    String.format(
                            "input size %s; the filters are for input size %s",
                            Arrays.toString(size), Arrays.toString(inputSize)));
        }
    }

    @Override
    public List<Window> windows() {
        return List.of(geometry);
    }

    /** Each filter is applied at a single position. */
    @Override
    public long uses(long... inputSize) {
        return 1;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof LocalConvSpec other
                && inChannels == other.inChannels
                && outChannels == other.outChannels
                && Arrays.equals(inputSize, other.inputSize)
                && geometry.equals(other.geometry)
                && bias == other.bias
                && uniformWeights == other.uniformWeights
                && uniformBias == other.uniformBias;
    }

    @Override
    public int hashCode() {
        return Objects.hash(inChannels, outChannels, Arrays.hashCode(inputSize), geometry, bias);
    }

    @Override
    public String toString() {
        return inChannels
                + " -> "
                + outChannels
                + ", local, input size "
                + (inputSize.length == 0 ? "unknown" : Arrays.toString(inputSize))
                + ", "
                + geometry
                + ", bias "
                + bias;
    }
}
