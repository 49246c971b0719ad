package org.lamina.layers;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.DepthwiseSeparableConvBuilder;
import org.lamina.spec.SeparableConvSpec;

/**
 * Depthwise separable 1-D convolution, documented by {@link DepthwiseSeparableConvBuilder}.
 *
 * <pre>{@code
 * new DepthwiseSeparableConv1D.Builder(3).nOut(16).padding(1).biasDepthwise(false).build()
 * }</pre>
 */
public class DepthwiseSeparableConv1D extends SpecLayer<SeparableConvSpec> {

    /** For Jackson. */
    protected DepthwiseSeparableConv1D() {}

    private DepthwiseSeparableConv1D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends DepthwiseSeparableConvBuilder<Builder>
            implements DataFormat1D<Builder> {

        /** A kernel of this length. */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public DepthwiseSeparableConv1D build() {
            return new DepthwiseSeparableConv1D(this);
        }
    }
}
