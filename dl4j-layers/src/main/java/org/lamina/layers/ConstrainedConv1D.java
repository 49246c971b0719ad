package org.lamina.layers;

import org.lamina.layers.builders.ConstrainedConvBuilder;
import org.lamina.layers.builders.DataFormat1D;
import org.lamina.spec.ConvSpec;

/**
 * 1-D convolution with a norm constraint on its filters, optionally causal.
 *
 * <pre>{@code
 * new ConstrainedConv1D.Builder(5).nOut(16).padding("causal").dilation(2).maxNorm(1.0).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffConstrainedConv1D
 * SameDiffConstrainedConv1D}, which documents formula, shapes, parameters, defaults and source;
 * parameters of the two interchange.
 */
public class ConstrainedConv1D extends SpecLayer<ConvSpec> {

    /** For Jackson. */
    protected ConstrainedConv1D() {}

    private ConstrainedConv1D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConstrainedConvBuilder<Builder>
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
        public ConstrainedConv1D build() {
            return new ConstrainedConv1D(this);
        }
    }
}
