package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.DepthwiseConvBuilder;
import org.lamina.spec.DepthwiseConvSpec;

/**
 * Depthwise 2-D convolution with a norm constraint, documented by {@link DepthwiseConvBuilder}.
 *
 * <pre>{@code
 * new SameDiffDepthwiseConv2D.Builder(22, 1).depthMultiplier(2).padding("valid").maxNorm(1.0).build()
 * }</pre>
 */
public class SameDiffDepthwiseConv2D extends SpecSameDiffLayer<DepthwiseConvSpec> {

    /** For Jackson. */
    protected SameDiffDepthwiseConv2D() {}

    private SameDiffDepthwiseConv2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends DepthwiseConvBuilder<Builder>
            implements DataFormat2D<Builder> {

        /** A kernel of this height and width, or one number for both. */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public SameDiffDepthwiseConv2D build() {
            return new SameDiffDepthwiseConv2D(this);
        }
    }
}
