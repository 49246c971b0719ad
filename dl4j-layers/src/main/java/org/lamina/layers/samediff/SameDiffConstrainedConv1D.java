package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConstrainedConvBuilder;
import org.lamina.layers.builders.DataFormat1D;
import org.lamina.spec.ConvSpec;

/**
 * 1-D convolution with a norm constraint on its filters, documented by {@link
 * ConstrainedConvBuilder}.
 *
 * <pre>{@code
 * new SameDiffConstrainedConv1D.Builder(5).nOut(16).padding("causal").dilation(2).maxNorm(1.0).build()
 * }</pre>
 */
public class SameDiffConstrainedConv1D extends SpecSameDiffLayer<ConvSpec> {

    /** For Jackson. */
    protected SameDiffConstrainedConv1D() {}

    private SameDiffConstrainedConv1D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConstrainedConvBuilder<Builder>
            implements DataFormat1D<Builder> {

        /** A kernel of this length. */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public SameDiffConstrainedConv1D build() {
            return new SameDiffConstrainedConv1D(this);
        }
    }
}
