package org.lamina.spec;

import java.util.Arrays;
import java.util.List;

/** A temporal convolution followed by a spatial convolution over whole columns of its maps. */
interface TemporalSpatialSpec extends LayerSpec {

    /** Key of the temporal filters. */
    String TEMPORAL_WEIGHT = "tW";

    /** Key of their bias. */
    String TEMPORAL_BIAS = "tb";

    /** Key of the spatial filters. */
    String SPATIAL_WEIGHT = "sW";

    /** Key of their bias. */
    String SPATIAL_BIAS = "sb";

    /** The temporal convolution. */
    ConvSpec temporal();

    /** Geometry of the spatial convolution. */
    ConvGeometry spatialGeometry();

    /** Rows of the input: the recording's channels. */
    default int rows() {
        return spatialGeometry().kernelSize()[0];
    }

    /** Length of a temporal filter. */
    default int taps() {
        return temporal().geometry().kernelSize()[1];
    }

    @Override
    default int spatialRank() {
        return 2;
    }

    @Override
    default long inChannels() {
        return temporal().inChannels();
    }

    @Override
    default long[] outputSize(long... inputSize) {
        long[] filtered = temporal().outputSize(inputSize);
        if (filtered[0] != rows()) {
            throw new IllegalArgumentException(
                    String.format(
                            "input size %s; the spatial filters need a height of %s",
                            Arrays.toString(inputSize), rows()));
        }
        return spatialGeometry().outputSize(filtered);
    }

    @Override
    default List<Window> windows() {
        return List.of(temporal().geometry(), spatialGeometry());
    }

    /** Checks that a temporal and a spatial convolution are compatible. */
    static void checkParts(ConvSpec temporal, ConvGeometry spatial, long spatialChannels) {
        Checks.require(
                temporal.inChannels() == 1,
                "nIn (input channels)",
                temporal.inChannels(),
                "must be 1");
        checkTemporal(temporal.geometry());
        checkSpatial(spatial);
        Checks.require(
                spatialChannels == temporal.outChannels(),
                "channels of the spatial convolution",
                spatialChannels,
                "must be the number of temporal filters, " + temporal.outChannels());
    }

    private static void checkTemporal(ConvGeometry g) {
        boolean along =
                isPlain(g, 1) && g.kernelSize()[0] == 1 && g.padBefore()[0] + g.padAfter()[0] == 0;
        Checks.require(
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
        Checks.require(
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
}
