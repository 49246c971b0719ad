package org.lamina.layers.samediff;

import org.lamina.layers.wrapper.StandardizedWeights;
import org.lamina.layers.wrapper.WeightUnits;

/**
 * Wraps a SameDiff convolution layer of this project and standardizes its weights before each
 * forward pass; documented by {@link StandardizedWeights}.
 *
 * <pre>{@code
 * new SameDiffFWS.Builder(new SameDiffConv2D.Builder(3, 3).nOut(16).build()).constEval(true).build()
 * }</pre>
 */
public class SameDiffFWS extends StandardizedWeights {

    /** For Jackson. */
    protected SameDiffFWS() {}

    private SameDiffFWS(Builder builder) {
        super(builder);
    }

    @Override
    protected WeightUnits unitsOf(org.deeplearning4j.nn.conf.layers.Layer wrapped) {
        if (!(wrapped instanceof SpecSameDiffLayer)) {
            throw new IllegalArgumentException(
                    "give a SameDiff convolution layer of this project, with one weight");
        }
        return WeightUnits.of(((SpecSameDiffLayer<?>) wrapped).getSpec());
    }

    @Override
    protected Class<SameDiffFWSLayer> implementation() {
        return SameDiffFWSLayer.class;
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends StandardizedWeights.Builder<Builder> {

        /** Wraps a copy of the layer. */
        public Builder(org.deeplearning4j.nn.conf.layers.Layer layer) {
            super(layer);
        }

        @Override
        public SameDiffFWS build() {
            return new SameDiffFWS(this);
        }
    }
}
