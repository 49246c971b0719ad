package org.lamina.layers;

import org.lamina.layers.builders.ConvTransposeBuilder;
import org.lamina.layers.builders.DataFormat1D;
import org.lamina.spec.ConvTransposeSpec;

/**
 * 1-D transposed convolution, documented by {@link ConvTransposeBuilder}.
 *
 * <pre>{@code
 * new ConvTranspose1D.Builder(4).nOut(16).stride(2).padding(1).build()
 * }</pre>
 */
public class ConvTranspose1D extends SpecLayer<ConvTransposeSpec> {

    /** For Jackson. */
    protected ConvTranspose1D() {}

    private ConvTranspose1D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvTransposeBuilder<Builder>
            implements DataFormat1D<Builder> {

        /** A kernel of this length. */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public ConvTranspose1D build() {
            return new ConvTranspose1D(this);
        }
    }
}
