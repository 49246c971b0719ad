package org.lamina.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A temporal convolution, batch normalization and a depthwise spatial convolution in sequence, on
 * single-channel images with one row per channel of a recording and one column per sample.
 *
 * <p>Parameters are those of the three layers in that order, so the flat parameter vector has the
 * same layout: {@code tW [F, 1, 1, K]}, {@code tb [F]}, {@code gamma}, {@code beta}, {@code mean},
 * {@code var}, each {@code [F]}, {@code sW [F * D, 1, C, 1]}, {@code sb [F * D]}; biases only if
 * the layer has them.
 *
 * @param temporal convolution along the rows: one input channel, kernel {@code (1, K)}, stride and
 *     dilation 1, one group, zeros as padding
 * @param normalization of the temporal convolution's maps
 * @param spatial depthwise convolution of those maps over whole columns: kernel {@code (C, 1)},
 *     stride and dilation 1, no padding
 */
public record TemporalSpatialConvSpec(
        ConvSpec temporal, BatchNormSpec normalization, DepthwiseConvSpec spatial)
        implements LayerSpec {

    /** Key of the temporal filters. */
    public static final String TEMPORAL_WEIGHT = "tW";

    /** Key of their bias. */
    public static final String TEMPORAL_BIAS = "tb";

    /** Key of the spatial filters. */
    public static final String SPATIAL_WEIGHT = "sW";

    /** Key of their bias. */
    public static final String SPATIAL_BIAS = "sb";

    /**
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public TemporalSpatialConvSpec {
        Objects.requireNonNull(temporal, "temporal");
        Objects.requireNonNull(normalization, "normalization");
        Objects.requireNonNull(spatial, "spatial");
        checkParts(temporal, spatial.geometry(), spatial.inChannels());
        check(
                normalization.inChannels() == temporal.outChannels(),
                "channels of the normalization",
                normalization.inChannels(),
                "must be the number of temporal filters, " + temporal.outChannels());
    }

    /** Checks that a temporal and a spatial convolution are compatible. */
    static void checkParts(ConvSpec temporal, ConvGeometry spatial, long spatialChannels) {
        check(
                temporal.inChannels() == 1,
                "nIn (input channels)",
                temporal.inChannels(),
                "must be 1");
        checkTemporal(temporal.geometry());
        checkSpatial(spatial);
        check(
                spatialChannels == temporal.outChannels(),
                "channels of the spatial convolution",
                spatialChannels,
                "must be the number of temporal filters, " + temporal.outChannels());
    }

    private static void checkTemporal(ConvGeometry g) {
        boolean along =
                isPlain(g, 1) && g.kernelSize()[0] == 1 && g.padBefore()[0] + g.padAfter()[0] == 0;
        check(
                along && g.groups() == 1,
                "temporal convolution",
                g,
                "must have kernel (1, K), stride and dilation 1, one group and zeros before and"
                        + " after the samples");
    }

    private static void checkSpatial(ConvGeometry g) {
        boolean whole = isPlain(g, 0) && g.kernelSize()[1] == 1 && g.groups() == 1;
        for (int d = 0; whole && d < 2; d++) {
            whole = g.padBefore()[d] + g.padAfter()[d] == 0;
        }
        check(
                whole,
                "spatial convolution",
                g,
                "must have kernel (C, 1), stride and dilation 1 and no padding");
    }

    /** Whether the windows of a geometry differ only in their position. */
    private static boolean isPlain(ConvGeometry g, int padded) {
        return g.rank() == 2
                && Arrays.stream(g.stride()).allMatch(s -> s == 1)
                && Arrays.stream(g.dilation()).allMatch(d -> d == 1)
                && (g.paddingMode() == PaddingMode.ZEROS
                        || g.padBefore()[padded] + g.padAfter()[padded] == 0);
    }

    private static void check(boolean fits, String field, Object value, String allowed) {
        if (!fits) {
            throw new IllegalArgumentException(field + " = " + value + "; " + allowed);
        }
    }

    /** Rows of the input: the recording's channels. */
    public int rows() {
        return spatial.geometry().kernelSize()[0];
    }

    /** Length of a temporal filter. */
    public int taps() {
        return temporal.geometry().kernelSize()[1];
    }

    @Override
    public int spatialRank() {
        return 2;
    }

    @Override
    public long inChannels() {
        return temporal.inChannels();
    }

    @Override
    public long outChannels() {
        return spatial.outChannels();
    }

    @Override
    public TemporalSpatialConvSpec withInChannels(long channels) {
        return channels == 1
                ? this
                : new TemporalSpatialConvSpec(
                        temporal.withInChannels(channels), normalization, spatial);
    }

    @Override
    public TemporalSpatialConvSpec withOutChannels(long channels) {
        check(
                channels == 0 || channels == outChannels(),
                "nOut (output channels)",
                channels,
                "the layer has temporalFilters * depthMultiplier = "
                        + outChannels()
                        + ", do not set it");
        return this;
    }

    @Override
    public double momentum() {
        return normalization.momentum();
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> all = new ArrayList<>(temporal.params(TEMPORAL_WEIGHT, TEMPORAL_BIAS));
        all.addAll(normalization.params());
        all.addAll(spatial.params(SPATIAL_WEIGHT, SPATIAL_BIAS));
        return all;
    }

    @Override
    public long[] outputSize(long... inputSize) {
        return outputSize(temporal, spatial.geometry(), inputSize);
    }

    /** Output size of a temporal convolution followed by a spatial one. */
    static long[] outputSize(ConvSpec temporal, ConvGeometry spatial, long... inputSize) {
        long[] filtered = temporal.outputSize(inputSize);
        int rows = spatial.kernelSize()[0];
        if (filtered[0] != rows) {
            throw new IllegalArgumentException(
                    "input size "
                            + Arrays.toString(inputSize)
                            + "; the spatial filters need a height of "
                            + rows);
        }
        return spatial.outputSize(filtered);
    }

    @Override
    public long multiplications(long... inputSize) {
        long windows = outputSize(inputSize)[1];
        long filters = temporal.outChannels();
        long spatialFirst = outChannels() * (rows() * inputSize[1] + taps() * windows);
        long temporalFirst = windows * rows() * (filters * taps() + outChannels());
        return Math.min(spatialFirst, temporalFirst);
    }

    @Override
    public void checkTraining(long examples, long... inputSize) {
        normalization.checkTraining(examples, temporal.outputSize(inputSize));
    }

    @Override
    public List<Window> windows() {
        return List.of(temporal.geometry(), spatial.geometry());
    }
}
