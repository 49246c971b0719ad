package org.lamina.layers;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.LocalConvBuilder;
import org.lamina.spec.LocalConvSpec;

/**
 * 1-D convolution with separate filters at every output position (locally connected layer).
 *
 * <pre>{@code
 * new LocalConv1D.Builder(5).nOut(4).padding("same").activation(Activation.RELU).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffLocalConv1D SameDiffLocalConv1D},
 * which documents formula, shapes, parameters, defaults and source; parameters of the two
 * interchange.
 */
public class LocalConv1D extends SpecLayer<LocalConvSpec> {

    /** For Jackson. */
    protected LocalConv1D() {}

    private LocalConv1D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends LocalConvBuilder<Builder> implements DataFormat1D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel length
         */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public LocalConv1D build() {
            return new LocalConv1D(this);
        }
    }
}
