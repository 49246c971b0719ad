package org.lamina.layers;

import org.lamina.layers.builders.ConvBuilder;
import org.lamina.layers.builders.DataFormat2D;
import org.lamina.spec.ConvSpec;

/**
 * 2-D convolution, documented by {@link ConvBuilder}.
 *
 * <pre>{@code
 * new Conv2D.Builder(3, 3).nOut(16).padding(1).paddingMode(PaddingMode.CIRCULAR).build()
 * }</pre>
 */
public class Conv2D extends SpecLayer<ConvSpec> {

    /** For Jackson. */
    protected Conv2D() {}

    private Conv2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvBuilder<Builder> implements DataFormat2D<Builder> {

        /** A kernel of this height and width, or one number for both. */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public Conv2D build() {
            return new Conv2D(this);
        }
    }
}
