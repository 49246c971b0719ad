package org.lamina.layers;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.DepthwiseSeparableConvBuilder;
import org.lamina.spec.SeparableConvSpec;

/**
 * Depthwise separable 2-D convolution: a convolution of each channel separately, then one with
 * kernel size 1 that mixes the channels.
 *
 * <pre>{@code
 * new DepthwiseSeparableConv2D.Builder(3, 3).nOut(16).padding(1).biasDepthwise(false).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffDepthwiseSeparableConv2D
 * SameDiffDepthwiseSeparableConv2D}, which documents formula, shapes, parameters, defaults and
 * source; parameters of the two interchange.
 */
public class DepthwiseSeparableConv2D extends SpecLayer<SeparableConvSpec> {

    /** For Jackson. */
    protected DepthwiseSeparableConv2D() {}

    private DepthwiseSeparableConv2D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends DepthwiseSeparableConvBuilder<Builder>
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
        public DepthwiseSeparableConv2D build() {
            return new DepthwiseSeparableConv2D(this);
        }
    }
}
