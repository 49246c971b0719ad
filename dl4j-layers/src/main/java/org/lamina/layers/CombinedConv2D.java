package org.lamina.layers;

import org.lamina.layers.builders.CombinedConvBuilder;
import org.lamina.layers.builders.DataFormat2D;
import org.lamina.spec.CombinedConvSpec;

/**
 * Temporal convolution and spatial convolution over all its filters, computed as one convolution,
 * documented by {@link CombinedConvBuilder}.
 *
 * <pre>{@code
 * new CombinedConv2D.Builder(24, 25).temporalFilters(40).nOut(40).build()
 * }</pre>
 */
public class CombinedConv2D extends SpecLayer<CombinedConvSpec> {

    /** For Jackson. */
    protected CombinedConv2D() {}

    private CombinedConv2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends CombinedConvBuilder<Builder>
            implements DataFormat2D<Builder> {

        /** Rows of the input (channels of the recording) and length of a temporal filter. */
        public Builder(int... kernel) {
            super(kernel);
        }

        @Override
        public CombinedConv2D build() {
            return new CombinedConv2D(this);
        }
    }
}
