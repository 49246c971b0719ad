package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.TemporalSpatialConvBuilder;
import org.lamina.spec.TemporalSpatialConvSpec;

/**
 * Temporal convolution, batch normalization and depthwise spatial convolution, computed in the
 * order that takes fewer multiplications, documented by {@link TemporalSpatialConvBuilder}.
 *
 * <pre>{@code
 * new SameDiffTemporalSpatialConv2D.Builder(24, 64).temporalFilters(8).depthMultiplier(2).build()
 * }</pre>
 */
public class SameDiffTemporalSpatialConv2D extends SpecSameDiffLayer<TemporalSpatialConvSpec> {

    /** For Jackson. */
    protected SameDiffTemporalSpatialConv2D() {}

    private SameDiffTemporalSpatialConv2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends TemporalSpatialConvBuilder<Builder>
            implements DataFormat2D<Builder> {

        /** Rows of the input (channels of the recording) and length of a temporal filter. */
        public Builder(int... kernel) {
            super(kernel);
        }

        @Override
        public SameDiffTemporalSpatialConv2D build() {
            return new SameDiffTemporalSpatialConv2D(this);
        }
    }
}
