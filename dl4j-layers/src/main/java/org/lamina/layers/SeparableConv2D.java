package org.lamina.layers;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.SeparableConvBuilder;
import org.lamina.spec.SeparableConvSpec;

/**
 * Separable 2-D convolution with optional norm constraints, documented by {@link
 * SeparableConvBuilder}.
 *
 * <pre>{@code
 * new SeparableConv2D.Builder(1, 16).nOut(16).pointMaxNorm(1.0).build()
 * }</pre>
 */
public class SeparableConv2D extends SpecLayer<SeparableConvSpec> {

    /** For Jackson. */
    protected SeparableConv2D() {}

    private SeparableConv2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SeparableConvBuilder<Builder>
            implements DataFormat2D<Builder> {

        /** A kernel of this height and width, or one number for both. */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public SeparableConv2D build() {
            return new SeparableConv2D(this);
        }
    }
}
