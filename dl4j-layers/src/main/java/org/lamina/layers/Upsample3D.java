package org.lamina.layers;

import org.lamina.layers.builders.DataFormat3D;
import org.lamina.layers.builders.UpsampleBuilder;
import org.lamina.spec.UpsampleSpec;

/**
 * Trilinear upsampling of a volume, documented by {@link UpsampleBuilder}.
 *
 * <pre>{@code
 * new Upsample3D.Builder().scale(2, 1.5, 2).build()
 * }</pre>
 */
public class Upsample3D extends SpecLayer<UpsampleSpec> {

    /** For Jackson. */
    protected Upsample3D() {}

    private Upsample3D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends UpsampleBuilder<Builder> implements DataFormat3D<Builder> {

        public Builder() {
            super(3);
        }

        @Override
        public Upsample3D build() {
            return new Upsample3D(this);
        }
    }
}
