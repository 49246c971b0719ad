package org.lamina.layers;

import org.lamina.layers.builders.CombinedConvBuilder;
import org.lamina.layers.builders.DataFormat2D;
import org.lamina.spec.CombinedConvSpec;

/**
 * Temporal convolution and spatial convolution over all its filters, as at the start of
 * ShallowConvNet and DeepConvNet, computed as one convolution.
 *
 * <pre>{@code
 * new CombinedConv2D.Builder(24, 25).temporalFilters(40).nOut(40).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffCombinedConv2D
 * SameDiffCombinedConv2D}, which documents formula, shapes, parameters, defaults and source;
 * parameters of the two interchange.
 */
public class CombinedConv2D extends SpecLayer<CombinedConvSpec> {

    /** For Jackson. */
    protected CombinedConv2D() {}

    private CombinedConv2D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends CombinedConvBuilder<Builder>
            implements DataFormat2D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel rows of the input (channels of the recording) and length of a temporal
         *     filter
         */
        public Builder(int... kernel) {
            super(kernel);
        }

        @Override
        public CombinedConv2D build() {
            return new CombinedConv2D(this);
        }
    }
}
