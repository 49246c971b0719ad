package org.lamina.layers;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.WSConvTransposeBuilder;
import org.lamina.spec.WSConvTransposeSpec;

/**
 * 1-D transposed convolution with standardized weights and a learned gain, documented by {@link
 * WSConvTransposeBuilder}.
 *
 * <pre>{@code
 * new WSConvTranspose1D.Builder(4).nOut(16).stride(2).padding(1).build()
 * }</pre>
 */
public class WSConvTranspose1D extends SpecLayer<WSConvTransposeSpec> {

    /** For Jackson. */
    protected WSConvTranspose1D() {}

    private WSConvTranspose1D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends WSConvTransposeBuilder<Builder>
            implements DataFormat1D<Builder> {

        /** A kernel of this length. */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public WSConvTranspose1D build() {
            return new WSConvTranspose1D(this);
        }
    }
}
