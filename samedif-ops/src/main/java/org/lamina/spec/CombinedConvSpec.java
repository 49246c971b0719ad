package org.lamina.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A temporal convolution followed by a spatial convolution over all of its filters, on
 * single-channel images with one row per channel of a recording and one column per sample.
 *
 * <p>Parameters are those of the two layers in that order, so the flat parameter vector has the
 * same layout: {@code tW [F, 1, 1, K]}, {@code tb [F]}, {@code sW [O, F, C, 1]}, {@code sb [O]};
 * biases only if the layer has them. Their names are those of {@link TemporalSpatialConvSpec}.
 *
 * @param temporal convolution along the rows: one input channel, kernel {@code (1, K)}, stride and
 *     dilation 1, one group, zeros as padding
 * @param spatial convolution of those maps over whole columns: kernel {@code (C, 1)}, stride and
 *     dilation 1, one group, no padding
 */
public record CombinedConvSpec(ConvSpec temporal, ConvSpec spatial) implements TemporalSpatialSpec {

    public CombinedConvSpec {
        Objects.requireNonNull(temporal, "temporal");
        Objects.requireNonNull(spatial, "spatial");
        TemporalSpatialSpec.checkParts(temporal, spatial.geometry(), spatial.inChannels());
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
    public CombinedConvSpec withInChannels(long channels) {
        return channels == 1
                ? this
                : new CombinedConvSpec(temporal.withInChannels(channels), spatial);
    }

    @Override
    public CombinedConvSpec withOutChannels(long channels) {
        return new CombinedConvSpec(temporal, spatial.withOutChannels(channels));
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> all = new ArrayList<>(temporal.params(TEMPORAL_WEIGHT, TEMPORAL_BIAS));
        all.addAll(spatial.params(SPATIAL_WEIGHT, SPATIAL_BIAS));
        return all;
    }

    /**
     * Whether one convolution over all rows takes fewer multiplications than the two in sequence.
     *
     * @param examples number of examples
     * @param samples of the output
     */
    public boolean combines(long examples, long samples) {
        double f = temporal.outChannels();
        double o = outChannels();
        double windows = (double) examples * samples;
        double product = o * f * taps(); // of the weights
        return windows * o * taps() + product < windows * f * (taps() + o);
    }

    @Override
    public long multiplications(long... inputSize) {
        long filters = temporal.outChannels();
        long combined = outChannels() * taps();
        long apart = filters * (taps() + outChannels());
        return outputSize(inputSize)[1] * rows() * Math.min(combined, apart);
    }
}
