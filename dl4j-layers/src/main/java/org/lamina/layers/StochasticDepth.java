package org.lamina.layers;

import org.lamina.layers.builders.StochasticDepthBuilder;
import org.lamina.spec.StochasticDepthSpec;

/**
 * Stochastic depth: at the end of a residual branch, drops the whole branch of randomly chosen
 * examples.
 *
 * <pre>{@code
 * new StochasticDepth.Builder().dropRate(0.2).scaleByKeep(false).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffStochasticDepth
 * SameDiffStochasticDepth}, which documents formula, shapes, parameters, defaults and source;
 * parameters of the two interchange.
 */
public class StochasticDepth extends SpecLayer<StochasticDepthSpec> {

    /** For Jackson. */
    protected StochasticDepth() {}

    private StochasticDepth(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends StochasticDepthBuilder<Builder> {

        @Override
        public StochasticDepth build() {
            return new StochasticDepth(this);
        }
    }
}
