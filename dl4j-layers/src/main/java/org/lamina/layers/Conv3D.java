package org.lamina.layers;

import org.lamina.layers.builders.ConvBuilder;
import org.lamina.layers.builders.DataFormat3D;
import org.lamina.spec.ConvSpec;

/**
 * 3-D convolution.
 *
 * <pre>{@code
 * new Conv3D.Builder(3, 3, 3).nOut(16).stride(2).padding(1).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffConv3D SameDiffConv3D}, which
 * documents formula, shapes, parameters, defaults and source; parameters of the two interchange.
 */
public class Conv3D extends SpecLayer<ConvSpec> {

    /** For Jackson. */
    protected Conv3D() {}

    private Conv3D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvBuilder<Builder> implements DataFormat3D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel depth, height and width, or one number for all
         */
        public Builder(int... kernel) {
            super(3, kernel);
        }

        @Override
        public Conv3D build() {
            return new Conv3D(this);
        }
    }
}
