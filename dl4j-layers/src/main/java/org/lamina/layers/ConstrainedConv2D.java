package org.lamina.layers;

import org.lamina.layers.builders.ConstrainedConvBuilder;
import org.lamina.layers.builders.DataFormat2D;
import org.lamina.spec.ConvSpec;

/**
 * 2-D convolution with a norm constraint on its filters, documented by {@link
 * ConstrainedConvBuilder}.
 *
 * <pre>{@code
 * new ConstrainedConv2D.Builder(1, 64).nOut(8).hasBias(false).maxNorm(0.5).build()
 * }</pre>
 */
public class ConstrainedConv2D extends SpecLayer<ConvSpec> {

    /** For Jackson. */
    protected ConstrainedConv2D() {}

    private ConstrainedConv2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConstrainedConvBuilder<Builder>
            implements DataFormat2D<Builder> {

        /** A kernel of this height and width, or one number for both. */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public ConstrainedConv2D build() {
            return new ConstrainedConv2D(this);
        }
    }
}
