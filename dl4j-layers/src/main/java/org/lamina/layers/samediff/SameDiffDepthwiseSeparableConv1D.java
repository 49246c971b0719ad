package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.DepthwiseSeparableConvBuilder;
import org.lamina.spec.SeparableConvSpec;

/**
 * Depthwise separable 1-D convolution, documented by {@link DepthwiseSeparableConvBuilder}.
 *
 * <pre>{@code
 * new SameDiffDepthwiseSeparableConv1D.Builder(3).nOut(16).padding(1).biasDepthwise(false).build()
 * }</pre>
 */
public class SameDiffDepthwiseSeparableConv1D extends SpecSameDiffLayer<SeparableConvSpec> {

    /** For Jackson. */
    protected SameDiffDepthwiseSeparableConv1D() {}

    private SameDiffDepthwiseSeparableConv1D(Builder builder) {
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
        public SameDiffDepthwiseSeparableConv1D build() {
            return new SameDiffDepthwiseSeparableConv1D(this);
        }
    }
}
