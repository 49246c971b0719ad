package org.lamina.layers;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.WSConvBuilder;
import org.lamina.spec.WSConvSpec;

/**
 * 2-D convolution with standardized weights and a learned gain, documented by {@link
 * WSConvBuilder}.
 *
 * <pre>{@code
 * new WSConv2D.Builder(3, 3).nOut(16).padding(1).standardization(WeightStandardization.nfnet()).build()
 * }</pre>
 */
public class WSConv2D extends SpecLayer<WSConvSpec> {

    /** For Jackson. */
    protected WSConv2D() {}

    private WSConv2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends WSConvBuilder<Builder> implements DataFormat2D<Builder> {

        /** A kernel of this height and width, or one number for both. */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public WSConv2D build() {
            return new WSConv2D(this);
        }
    }
}
