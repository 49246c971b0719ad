package org.lamina.layers;

import org.lamina.layers.builders.DataFormat3D;
import org.lamina.layers.builders.WSConvTransposeBuilder;
import org.lamina.spec.WSConvTransposeSpec;

/**
 * 3-D transposed convolution with standardized weights and a learned gain, documented by {@link
 * WSConvTransposeBuilder}.
 *
 * <pre>{@code
 * new WSConvTranspose3D.Builder(2, 2, 2).nOut(16).stride(2).standardization(WeightStandardization.nfnet()).build()
 * }</pre>
 */
public class WSConvTranspose3D extends SpecLayer<WSConvTransposeSpec> {

    /** For Jackson. */
    protected WSConvTranspose3D() {}

    private WSConvTranspose3D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends WSConvTransposeBuilder<Builder>
            implements DataFormat3D<Builder> {

        /** A kernel of this depth, height and width, or one number for all. */
        public Builder(int... kernel) {
            super(3, kernel);
        }

        @Override
        public WSConvTranspose3D build() {
            return new WSConvTranspose3D(this);
        }
    }
}
