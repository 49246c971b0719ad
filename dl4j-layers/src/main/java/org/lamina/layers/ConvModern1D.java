package org.lamina.layers;

import org.lamina.layers.builders.ConvModernBuilder;
import org.lamina.layers.builders.DataFormat1D;
import org.lamina.spec.ConvModernSpec;

/**
 * 1-D convolution with normalization, activation and scaling.
 *
 * <pre>{@code
 * new ConvModern1D.Builder(3).nOut(32).stride(2).normalizer("batch").build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffConvModern1D
 * SameDiffConvModern1D}, which documents formula, shapes, parameters, defaults and source;
 * parameters of the two interchange.
 */
public class ConvModern1D extends SpecLayer<ConvModernSpec> {

    /** For Jackson. */
    protected ConvModern1D() {}

    private ConvModern1D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvModernBuilder<Builder>
            implements DataFormat1D<Builder> {

        /** Creates a builder with kernel size 3. */
        public Builder() {
            this(3);
        }

        /**
         * Creates a builder.
         *
         * @param kernel kernel size
         */
        public Builder(int... kernel) {
            super(1, kernel);
        }

        @Override
        public ConvModern1D build() {
            return new ConvModern1D(this);
        }
    }
}
