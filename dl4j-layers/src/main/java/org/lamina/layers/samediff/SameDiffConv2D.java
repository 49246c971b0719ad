package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConvBuilder;
import org.lamina.layers.builders.DataFormat2D;
import org.lamina.spec.ConvSpec;

/**
 * 2-D convolution, documented by {@link ConvBuilder}.
 *
 * <pre>{@code
 * new SameDiffConv2D.Builder(3, 3).nOut(16).padding(1).paddingMode(PaddingMode.CIRCULAR).build()
 * }</pre>
 */
public class SameDiffConv2D extends SpecSameDiffLayer<ConvSpec> {

    /** For Jackson. */
    protected SameDiffConv2D() {}

    private SameDiffConv2D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvBuilder<Builder> implements DataFormat2D<Builder> {

        /** A kernel of this height and width, or one number for both. */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public SameDiffConv2D build() {
            return new SameDiffConv2D(this);
        }
    }
}
