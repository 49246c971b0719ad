package org.lamina.layers;

import org.lamina.layers.builders.DataFormat3D;
import org.lamina.layers.builders.WSConvBuilder;
import org.lamina.spec.WSConvSpec;

/**
 * 3-D convolution with standardized weights and a learned gain, documented by {@link
 * WSConvBuilder}.
 *
 * <pre>{@code
 * new WSConv3D.Builder(3, 3, 3).nOut(16).groups(2).padding(1, 0, 1).paddingMode(PaddingMode.REFLECT).build()
 * }</pre>
 */
public class WSConv3D extends SpecLayer<WSConvSpec> {

    /** For Jackson. */
    protected WSConv3D() {}

    private WSConv3D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends WSConvBuilder<Builder> implements DataFormat3D<Builder> {

        /** A kernel of this depth, height and width, or one number for all. */
        public Builder(int... kernel) {
            super(3, kernel);
        }

        @Override
        public WSConv3D build() {
            return new WSConv3D(this);
        }
    }
}
