package org.lamina.layers;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.DepthwiseConvBuilder;
import org.lamina.spec.DepthwiseConvSpec;

/**
 * Depthwise 2-D convolution with a norm constraint: each input channel has its own {@code
 * depthMultiplier} filters.
 *
 * <pre>{@code
 * new DepthwiseConv2D.Builder(22, 1).depthMultiplier(2).padding("valid").maxNorm(1.0).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffDepthwiseConv2D
 * SameDiffDepthwiseConv2D}, which documents formula, shapes, parameters, defaults and source;
 * parameters of the two interchange.
 */
public class DepthwiseConv2D extends SpecLayer<DepthwiseConvSpec> {

    /** For Jackson. */
    protected DepthwiseConv2D() {}

    private DepthwiseConv2D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends DepthwiseConvBuilder<Builder>
            implements DataFormat2D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel height and width, or one number for both
         */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public DepthwiseConv2D build() {
            return new DepthwiseConv2D(this);
        }
    }
}
