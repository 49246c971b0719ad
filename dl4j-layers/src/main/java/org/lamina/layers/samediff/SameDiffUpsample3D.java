package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat3D;
import org.lamina.layers.builders.UpsampleBuilder;
import org.lamina.spec.UpsampleSpec;

/**
 * Trilinear upsampling of a volume, documented by {@link UpsampleBuilder}.
 *
 * <pre>{@code
 * new SameDiffUpsample3D.Builder().scale(2, 1.5, 2).build()
 * }</pre>
 */
public class SameDiffUpsample3D extends SpecSameDiffLayer<UpsampleSpec> {

    /** For Jackson. */
    protected SameDiffUpsample3D() {}

    private SameDiffUpsample3D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends UpsampleBuilder<Builder> implements DataFormat3D<Builder> {

        public Builder() {
            super(3);
        }

        @Override
        public SameDiffUpsample3D build() {
            return new SameDiffUpsample3D(this);
        }
    }
}
