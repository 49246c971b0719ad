package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConvTransposeBuilder;
import org.lamina.layers.builders.DataFormat1D;
import org.lamina.spec.ConvTransposeSpec;

/**
 * 1-D transposed convolution, documented by {@link ConvTransposeBuilder}.
 *
 * <pre>{@code
 * new SameDiffConvTranspose1D.Builder(4).nOut(16).stride(2).padding(1).build()
 * }</pre>
 */
public class SameDiffConvTranspose1D extends SpecSameDiffLayer<ConvTransposeSpec> {

    /** For Jackson. */
    protected SameDiffConvTranspose1D() {}

    private SameDiffConvTranspose1D(Builder builder) {
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
        public SameDiffConvTranspose1D build() {
            return new SameDiffConvTranspose1D(this);
        }
    }
}
