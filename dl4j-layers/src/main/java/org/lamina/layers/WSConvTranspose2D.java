package org.lamina.layers;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.WSConvTransposeBuilder;
import org.lamina.spec.WSConvTransposeSpec;

/**
 * 2-D transposed convolution with standardized weights and a learned gain, documented by {@link
 * WSConvTransposeBuilder}.
 *
 * <pre>{@code
 * new WSConvTranspose2D.Builder(3, 3).nOut(16).stride(2).padding(1).outputPadding(1).build()
 * }</pre>
 */
public class WSConvTranspose2D extends SpecLayer<WSConvTransposeSpec> {

    /** For Jackson. */
    protected WSConvTranspose2D() {}

    private WSConvTranspose2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends WSConvTransposeBuilder<Builder>
            implements DataFormat2D<Builder> {

        /** A kernel of this height and width, or one number for both. */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public WSConvTranspose2D build() {
            return new WSConvTranspose2D(this);
        }
    }
}
