package org.lamina.layers;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.TemporalSpatialConvBuilder;
import org.lamina.spec.TemporalSpatialConvSpec;

/**
 * Temporal convolution, batch normalization and depthwise spatial convolution of a recording, as at
 * the start of EEGNet, computed in the order that takes fewer multiplications.
 *
 * <pre>{@code
 * new TemporalSpatialConv2D.Builder(24, 64).temporalFilters(8).depthMultiplier(2).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffTemporalSpatialConv2D
 * SameDiffTemporalSpatialConv2D}, which documents formula, shapes, parameters, defaults and source;
 * parameters of the two interchange.
 */
public class TemporalSpatialConv2D extends SpecLayer<TemporalSpatialConvSpec> {

    /** For Jackson. */
    protected TemporalSpatialConv2D() {}

    private TemporalSpatialConv2D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends TemporalSpatialConvBuilder<Builder>
            implements DataFormat2D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel rows of the input (channels of the recording) and length of a temporal
         *     filter
         */
        public Builder(int... kernel) {
            super(kernel);
        }

        @Override
        public TemporalSpatialConv2D build() {
            return new TemporalSpatialConv2D(this);
        }
    }
}
