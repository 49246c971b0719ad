package org.lamina.layers;

import org.lamina.layers.builders.ConvTransposeBuilder;
import org.lamina.layers.builders.DataFormat3D;
import org.lamina.spec.ConvTransposeSpec;

/**
 * 3-D transposed convolution, documented by {@link ConvTransposeBuilder}.
 *
 * <pre>{@code
 * new ConvTranspose3D.Builder(2, 2, 2).nOut(16).stride(2).build()
 * }</pre>
 */
public class ConvTranspose3D extends SpecLayer<ConvTransposeSpec> {

    /** For Jackson. */
    protected ConvTranspose3D() {}

    private ConvTranspose3D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvTransposeBuilder<Builder>
            implements DataFormat3D<Builder> {

        /** A kernel of this depth, height and width, or one number for all. */
        public Builder(int... kernel) {
            super(3, kernel);
        }

        @Override
        public ConvTranspose3D build() {
            return new ConvTranspose3D(this);
        }
    }
}
