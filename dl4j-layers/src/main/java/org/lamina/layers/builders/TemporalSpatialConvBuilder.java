package org.lamina.layers.builders;

import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.TemporalSpatialConvSpec;

/**
 * Options of a temporal convolution, batch normalization and spatial convolution, combined.
 *
 * @param <T> the builder's own type
 */
public abstract class TemporalSpatialConvBuilder<T extends TemporalSpatialConvBuilder<T>>
        extends BaseTemporalSpatialBuilder<T, TemporalSpatialConvSpec> {

    private int depthMultiplier = 2;
    private double eps = 1e-3;
    private double momentum = 0.01;

    /**
     * Creates a builder.
     *
     * @param kernel rows of the input and length of a temporal filter
     */
    protected TemporalSpatialConvBuilder(int... kernel) {
        super(kernel);
        temporalFilters(8);
        padding("same");
        spatialMaxNorm(1.0);
    }

    /** Spatial filters for each temporal filter, 1 or greater. Default 2. */
    public T depthMultiplier(int value) {
        this.depthMultiplier = value;
        return self();
    }

    /** Added to the variance, 0 or greater. Default 1e-3. */
    public T eps(double value) {
        this.eps = value;
        return self();
    }

    /** Weight of a batch's statistics in the running statistics, in (0, 1]. Default 0.01. */
    public T momentum(double value) {
        this.momentum = value;
        return self();
    }

    @Override
    protected TemporalSpatialConvSpec spec() {
        ConvSpec temporal = temporal();
        TemporalSpatialConvSpec spec =
                new TemporalSpatialConvSpec(
                        temporal,
                        new BatchNormSpec(temporal.outChannels(), eps, momentum),
                        new DepthwiseConvSpec(
                                temporal.outChannels(),
                                depthMultiplier,
                                spatialGeometry(),
                                hasSpatialBias(),
                                spatialNorm()));
        return spec.withOutChannels(getNOut());
    }
}
