package org.lamina.layers;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.WSConvBuilder;
import org.lamina.spec.WSConvSpec;

/**
 * 1-D convolution with standardized weights and a learnable gain.
 *
 * <pre>{@code
 * new WSConv1D.Builder(5).nOut(16).padding("causal").dilation(2).eps(1e-3).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffWSConv1D SameDiffWSConv1D}, which
 * documents formula, shapes, parameters, defaults and source; parameters of the two interchange.
 */
public class WSConv1D extends SpecLayer<WSConvSpec> {

    /** For Jackson. */
    protected WSConv1D() {}

    private WSConv1D(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl> implementation() {
        return WSConvLayer.class;
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends WSConvBuilder<Builder> implements DataFormat1D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel length
         */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public WSConv1D build() {
            return new WSConv1D(this);
        }
    }
}
