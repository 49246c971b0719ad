package org.lamina.layers;

import org.lamina.layers.builders.ConvModernBuilder;
import org.lamina.layers.builders.DataFormat3D;
import org.lamina.spec.ConvModernSpec;

/**
 * 3-D convolution with normalization, activation and scaling.
 *
 * <pre>{@code
 * new ConvModern3D.Builder().nOut(8).stride(1, 2, 2).layerOrder(LayerOrder.OLD).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffConvModern3D
 * SameDiffConvModern3D}, which documents formula, shapes, parameters, defaults and source;
 * parameters of the two interchange.
 */
public class ConvModern3D extends SpecLayer<ConvModernSpec> {

    /** For Jackson. */
    protected ConvModern3D() {}

    private ConvModern3D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvModernBuilder<Builder>
            implements DataFormat3D<Builder> {

        /** Creates a builder with kernel size 3. */
        public Builder() {
            this(3);
        }

        /**
         * Creates a builder.
         *
         * @param kernel kernel depth, height and width, or one number for all
         */
        public Builder(int... kernel) {
            super(3, kernel);
        }

        @Override
        public ConvModern3D build() {
            return new ConvModern3D(this);
        }
    }
}
