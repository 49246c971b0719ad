package org.lamina.layers;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.UpsampleBuilder;
import org.lamina.spec.UpsampleSpec;

/**
 * Bilinear upsampling of an image, documented by {@link UpsampleBuilder}.
 *
 * <pre>{@code
 * new Upsample2D.Builder().outputSize(16, 20).build()
 * }</pre>
 */
public class Upsample2D extends SpecLayer<UpsampleSpec> {

    /** For Jackson. */
    protected Upsample2D() {}

    private Upsample2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends UpsampleBuilder<Builder> implements DataFormat2D<Builder> {

        public Builder() {
            super(2);
        }

        @Override
        public Upsample2D build() {
            return new Upsample2D(this);
        }
    }
}
