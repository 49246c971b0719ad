package org.lamina.spec;

import java.util.ArrayList;
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
        implements TemporalSpatialSpec {

    public TemporalSpatialConvSpec {
        Objects.requireNonNull(temporal, "temporal");
        Objects.requireNonNull(normalization, "normalization");
        Objects.requireNonNull(spatial, "spatial");
        TemporalSpatialSpec.checkParts(temporal, spatial.geometry(), spatial.inChannels());
        Checks.require(
                normalization.inChannels() == temporal.outChannels(),
                "channels of the normalization",
                normalization.inChannels(),
                "must be the number of temporal filters, " + temporal.outChannels());
    }

    @Override
    public ConvGeometry spatialGeometry() {
        return spatial.geometry();
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
        Checks.require(
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
}
