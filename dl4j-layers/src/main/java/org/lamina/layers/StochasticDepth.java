package org.lamina.layers;

import org.lamina.layers.builders.StochasticDepthBuilder;
import org.lamina.spec.StochasticDepthSpec;

/**
 * Stochastic depth, documented by {@link StochasticDepthBuilder}.
 *
 * <pre>{@code
 * new StochasticDepth.Builder().dropRate(0.2).scaleByKeep(false).build()
 * }</pre>
 */
public class StochasticDepth extends SpecLayer<StochasticDepthSpec> {

    /** For Jackson. */
    protected StochasticDepth() {}

    private StochasticDepth(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends StochasticDepthBuilder<Builder> {

        @Override
        public StochasticDepth build() {
            return new StochasticDepth(this);
        }
    }
}
