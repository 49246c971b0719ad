package org.lamina.layers.samediff;

import org.lamina.layers.builders.StochasticDepthBuilder;
import org.lamina.spec.StochasticDepthSpec;

/**
 * Stochastic depth, documented by {@link StochasticDepthBuilder}.
 *
 * <pre>{@code
 * new SameDiffStochasticDepth.Builder().dropRate(0.2).scaleByKeep(false).build()
 * }</pre>
 */
public class SameDiffStochasticDepth extends SpecSameDiffLayer<StochasticDepthSpec> {

    /** For Jackson. */
    protected SameDiffStochasticDepth() {}

    private SameDiffStochasticDepth(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends StochasticDepthBuilder<Builder> {

        @Override
        public SameDiffStochasticDepth build() {
            return new SameDiffStochasticDepth(this);
        }
    }
}
