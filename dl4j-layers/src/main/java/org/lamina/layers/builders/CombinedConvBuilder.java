package org.lamina.layers.builders;

import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.ConvSpec;

/**
 * Options of a temporal convolution and a spatial convolution over all its filters, combined.
 *
 * @param <T> the builder's own type
 */
public abstract class CombinedConvBuilder<T extends CombinedConvBuilder<T>>
        extends BaseTemporalSpatialBuilder<T, CombinedConvSpec> {

    /**
     * Creates a builder.
     *
     * @param kernel rows of the input and length of a temporal filter
     */
    protected CombinedConvBuilder(int... kernel) {
        super(kernel);
        temporalFilters(40);
        temporalBias(true);
        spatialBias(true);
    }

    @Override
    protected CombinedConvSpec spec() {
        ConvSpec temporal = temporal();
        return new CombinedConvSpec(
                temporal,
                new ConvSpec(
                        temporal.outChannels(),
                        getNOut(),
                        spatialGeometry(),
                        hasSpatialBias(),
                        spatialNorm()));
    }
}
