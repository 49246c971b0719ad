package org.lamina.layers;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.DepthwiseSeparableConvBuilder;
import org.lamina.spec.SeparableConvSpec;

/**
 * Depthwise separable 2-D convolution, documented by {@link DepthwiseSeparableConvBuilder}.
 *
 * <pre>{@code
 * new DepthwiseSeparableConv2D.Builder(3, 3).nOut(16).padding(1).biasDepthwise(false).build()
 * }</pre>
 */
public class DepthwiseSeparableConv2D extends SpecLayer<SeparableConvSpec> {

    /** For Jackson. */
    protected DepthwiseSeparableConv2D() {}

    private DepthwiseSeparableConv2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends DepthwiseSeparableConvBuilder<Builder>
            implements DataFormat2D<Builder> {

        /** A kernel of this height and width, or one number for both. */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public DepthwiseSeparableConv2D build() {
            return new DepthwiseSeparableConv2D(this);
        }
    }
}
