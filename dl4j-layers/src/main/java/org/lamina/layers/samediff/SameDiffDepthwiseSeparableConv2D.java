package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.DepthwiseSeparableConvBuilder;
import org.lamina.spec.SeparableConvSpec;

/**
 * Depthwise separable 2-D convolution, documented by {@link DepthwiseSeparableConvBuilder}.
 *
 * <pre>{@code
 * new SameDiffDepthwiseSeparableConv2D.Builder(3, 3).nOut(16).padding(1).biasDepthwise(false).build()
 * }</pre>
 */
public class SameDiffDepthwiseSeparableConv2D extends SpecSameDiffLayer<SeparableConvSpec> {

    /** For Jackson. */
    protected SameDiffDepthwiseSeparableConv2D() {}

    private SameDiffDepthwiseSeparableConv2D(Builder builder) {
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
        public SameDiffDepthwiseSeparableConv2D build() {
            return new SameDiffDepthwiseSeparableConv2D(this);
        }
    }
}
