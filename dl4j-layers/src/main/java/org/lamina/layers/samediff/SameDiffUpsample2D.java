package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.UpsampleBuilder;
import org.lamina.spec.UpsampleSpec;

/**
 * Bilinear upsampling of an image, documented by {@link UpsampleBuilder}.
 *
 * <pre>{@code
 * new SameDiffUpsample2D.Builder().outputSize(16, 20).build()
 * }</pre>
 */
public class SameDiffUpsample2D extends SpecSameDiffLayer<UpsampleSpec> {

    /** For Jackson. */
    protected SameDiffUpsample2D() {}

    private SameDiffUpsample2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends UpsampleBuilder<Builder> implements DataFormat2D<Builder> {

        public Builder() {
            super(2);
        }

        @Override
        public SameDiffUpsample2D build() {
            return new SameDiffUpsample2D(this);
        }
    }
}
