package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.UpsampleBuilder;
import org.lamina.spec.UpsampleSpec;

/**
 * Linear upsampling of a time series, documented by {@link UpsampleBuilder}.
 *
 * <pre>{@code
 * new SameDiffUpsample1D.Builder().scale(2).build()
 * }</pre>
 */
public class SameDiffUpsample1D extends SpecSameDiffLayer<UpsampleSpec> {

    /** For Jackson. */
    protected SameDiffUpsample1D() {}

    private SameDiffUpsample1D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends UpsampleBuilder<Builder> implements DataFormat1D<Builder> {

        public Builder() {
            super(1);
        }

        @Override
        public SameDiffUpsample1D build() {
            return new SameDiffUpsample1D(this);
        }
    }
}
