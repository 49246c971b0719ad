package org.lamina.layers;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.UpsampleBuilder;
import org.lamina.spec.UpsampleSpec;

/**
 * Linear upsampling of a time series, documented by {@link UpsampleBuilder}.
 *
 * <pre>{@code
 * new Upsample1D.Builder().scale(2).build()
 * }</pre>
 */
public class Upsample1D extends SpecLayer<UpsampleSpec> {

    /** For Jackson. */
    protected Upsample1D() {}

    private Upsample1D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends UpsampleBuilder<Builder> implements DataFormat1D<Builder> {

        public Builder() {
            super(1);
        }

        @Override
        public Upsample1D build() {
            return new Upsample1D(this);
        }
    }
}
