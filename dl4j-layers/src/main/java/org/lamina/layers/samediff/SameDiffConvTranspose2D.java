package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConvTransposeBuilder;
import org.lamina.layers.builders.DataFormat2D;
import org.lamina.spec.ConvTransposeSpec;

/**
 * 2-D transposed convolution, documented by {@link ConvTransposeBuilder}.
 *
 * <pre>{@code
 * new SameDiffConvTranspose2D.Builder(3, 3).nOut(16).stride(2).padding(1).outputPadding(1).build()
 * }</pre>
 */
public class SameDiffConvTranspose2D extends SpecSameDiffLayer<ConvTransposeSpec> {

    /** For Jackson. */
    protected SameDiffConvTranspose2D() {}

    private SameDiffConvTranspose2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvTransposeBuilder<Builder>
            implements DataFormat2D<Builder> {

        /** A kernel of this height and width, or one number for both. */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public SameDiffConvTranspose2D build() {
            return new SameDiffConvTranspose2D(this);
        }
    }
}
