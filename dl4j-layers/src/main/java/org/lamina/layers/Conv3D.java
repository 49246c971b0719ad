package org.lamina.layers;

import org.lamina.layers.builders.ConvBuilder;
import org.lamina.layers.builders.DataFormat3D;
import org.lamina.spec.ConvSpec;

/**
 * 3-D convolution, documented by {@link ConvBuilder}.
 *
 * <pre>{@code
 * new Conv3D.Builder(3, 3, 3).nOut(16).stride(2).padding(1).build()
 * }</pre>
 */
public class Conv3D extends SpecLayer<ConvSpec> {

    /** For Jackson. */
    protected Conv3D() {}

    private Conv3D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvBuilder<Builder> implements DataFormat3D<Builder> {

        /** A kernel of this depth, height and width, or one number for all. */
        public Builder(int... kernel) {
            super(3, kernel);
        }

        @Override
        public Conv3D build() {
            return new Conv3D(this);
        }
    }
}
