package org.lamina.layers;

import org.lamina.layers.builders.ConvModernBuilder;
import org.lamina.layers.builders.DataFormat3D;
import org.lamina.spec.ConvModernSpec;

/**
 * 3-D convolution with normalization, activation and scaling, documented by {@link
 * ConvModernBuilder}.
 *
 * <pre>{@code
 * new ConvModern3D.Builder().nOut(8).stride(1, 2, 2).layerOrder(LayerOrder.OLD).build()
 * }</pre>
 */
public class ConvModern3D extends SpecLayer<ConvModernSpec> {

    /** For Jackson. */
    protected ConvModern3D() {}

    private ConvModern3D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvModernBuilder<Builder>
            implements DataFormat3D<Builder> {

        /** A kernel of size 3. */
        public Builder() {
            this(3);
        }

        /** A kernel of this depth, height and width, or one number for all. */
        public Builder(int... kernel) {
            super(3, kernel);
        }

        @Override
        public ConvModern3D build() {
            return new ConvModern3D(this);
        }
    }
}
