package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConvModernBuilder;
import org.lamina.layers.builders.DataFormat2D;
import org.lamina.spec.ConvModernSpec;

/**
 * 2-D convolution with normalization, activation and scaling, documented by {@link
 * ConvModernBuilder}.
 *
 * <pre>{@code
 * new SameDiffConvModern2D.Builder(3, 3).nOut(16).stride(2).scaler(Scaler.UP).activator("relu").build()
 * }</pre>
 */
public class SameDiffConvModern2D extends SpecSameDiffLayer<ConvModernSpec> {

    /** For Jackson. */
    protected SameDiffConvModern2D() {}

    private SameDiffConvModern2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvModernBuilder<Builder>
            implements DataFormat2D<Builder> {

        /** A kernel of size 3. */
        public Builder() {
            this(3);
        }

        /** A kernel of this height and width, or one number for both. */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public SameDiffConvModern2D build() {
            return new SameDiffConvModern2D(this);
        }
    }
}
