package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConvBuilder;
import org.lamina.layers.builders.DataFormat1D;
import org.lamina.spec.ConvSpec;

/**
 * 1-D convolution, documented by {@link ConvBuilder}.
 *
 * <pre>{@code
 * new SameDiffConv1D.Builder(5).nOut(16).padding("causal").dilation(2).build()
 * }</pre>
 */
public class SameDiffConv1D extends SpecSameDiffLayer<ConvSpec> {

    /** For Jackson. */
    protected SameDiffConv1D() {}

    private SameDiffConv1D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvBuilder<Builder> implements DataFormat1D<Builder> {

        /** A kernel of this length. */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public SameDiffConv1D build() {
            return new SameDiffConv1D(this);
        }
    }
}
