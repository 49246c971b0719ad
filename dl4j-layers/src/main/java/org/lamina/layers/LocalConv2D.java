package org.lamina.layers;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.LocalConvBuilder;
import org.lamina.spec.LocalConvSpec;

/**
 * 2-D convolution with separate filters at every output position, documented by {@link
 * LocalConvBuilder}.
 *
 * <pre>{@code
 * new LocalConv2D.Builder(3, 5).nOut(4).stride(2).padding(1).activation(Activation.RELU).build()
 * }</pre>
 */
public class LocalConv2D extends SpecLayer<LocalConvSpec> {

    /** For Jackson. */
    protected LocalConv2D() {}

    private LocalConv2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends LocalConvBuilder<Builder> implements DataFormat2D<Builder> {

        /** A kernel of this height and width, or one number for both. */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public LocalConv2D build() {
            return new LocalConv2D(this);
        }
    }
}
