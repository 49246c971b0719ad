package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConvModernBuilder;
import org.lamina.layers.builders.DataFormat1D;
import org.lamina.spec.ConvModernSpec;

/**
 * 1-D convolution with normalization, activation and scaling, documented by {@link
 * ConvModernBuilder}.
 *
 * <pre>{@code
 * new SameDiffConvModern1D.Builder(3).nOut(32).stride(2).normalizer("batch").build()
 * }</pre>
 */
public class SameDiffConvModern1D extends SpecSameDiffLayer<ConvModernSpec> {

    /** For Jackson. */
    protected SameDiffConvModern1D() {}

    private SameDiffConvModern1D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvModernBuilder<Builder>
            implements DataFormat1D<Builder> {

        /** A kernel of size 3. */
        public Builder() {
            this(3);
        }

        /** A kernel of this length. */
        public Builder(int... kernel) {
            super(1, kernel);
        }

        @Override
        public SameDiffConvModern1D build() {
            return new SameDiffConvModern1D(this);
        }
    }
}
