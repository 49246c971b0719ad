package org.lamina.layers;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.DepthwiseSeparableConvBuilder;
import org.lamina.spec.SeparableConvSpec;

/**
 * Depthwise separable 1-D convolution: a convolution of each channel separately, then one with
 * kernel size 1 that mixes the channels.
 *
 * <pre>{@code
 * new DepthwiseSeparableConv1D.Builder(3).nOut(16).padding(1).biasDepthwise(false).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffDepthwiseSeparableConv1D
 * SameDiffDepthwiseSeparableConv1D}, which documents formula, shapes, parameters, defaults and
 * source; parameters of the two interchange.
 */
public class DepthwiseSeparableConv1D extends SpecLayer<SeparableConvSpec> {

    /** For Jackson. */
    protected DepthwiseSeparableConv1D() {}

    private DepthwiseSeparableConv1D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends DepthwiseSeparableConvBuilder<Builder>
            implements DataFormat1D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel length
         */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public DepthwiseSeparableConv1D build() {
            return new DepthwiseSeparableConv1D(this);
        }
    }
}
