package org.lamina.layers;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.WSConvBuilder;
import org.lamina.spec.WSConvSpec;

/**
 * 1-D convolution with standardized weights and a learned gain, documented by {@link
 * WSConvBuilder}.
 *
 * <pre>{@code
 * new WSConv1D.Builder(5).nOut(16).padding("causal").dilation(2).eps(1e-3).build()
 * }</pre>
 */
public class WSConv1D extends SpecLayer<WSConvSpec> {

    /** For Jackson. */
    protected WSConv1D() {}

    private WSConv1D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends WSConvBuilder<Builder> implements DataFormat1D<Builder> {

        /** A kernel of this length. */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public WSConv1D build() {
            return new WSConv1D(this);
        }
    }
}
