package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.LocalConvBuilder;
import org.lamina.spec.LocalConvSpec;

/**
 * 1-D convolution with separate filters at every output position, documented by {@link
 * LocalConvBuilder}.
 *
 * <pre>{@code
 * new SameDiffLocalConv1D.Builder(5).nOut(4).padding("same").activation(Activation.RELU).build()
 * }</pre>
 */
public class SameDiffLocalConv1D extends SpecSameDiffLayer<LocalConvSpec> {

    /** For Jackson. */
    protected SameDiffLocalConv1D() {}

    private SameDiffLocalConv1D(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends LocalConvBuilder<Builder> implements DataFormat1D<Builder> {

        /** A kernel of this length. */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public SameDiffLocalConv1D build() {
            return new SameDiffLocalConv1D(this);
        }
    }
}
