package org.lamina.layers.samediff;

import org.lamina.layers.wrapper.StandardizedWeights;
import org.lamina.layers.wrapper.WeightUnits;

/**
 * Wraps a SameDiff convolution layer of this project and standardizes its weights before each
 * forward pass.
 *
 * <pre>
 * W[u] = gain[u] * (W[u] - mean(W[u])) / sqrt(max(var(W[u]) * fanIn, eps))     in place
 * y    = layer(x)
 * </pre>
 *
 * <p>for each unit u: an output channel, or an input channel of a transposed convolution (the first
 * axis of PyTorch's weight). Input and output are the wrapped layer's. Parameters: the wrapped
 * layer's, then {@code gain [units]}.
 *
 * <p>By default the standardized weights replace the stored ones, in training and in evaluation;
 * their gradient is the wrapped layer's, and the gain is never trained. With {@code
 * differentiable(true)} the stored weights are left unchanged, the layer uses standardized ones,
 * and gradients flow through mean and variance into weights and gain.
 *
 * <p>Defaults: elektronn3's formula (unbiased variance, fan-in over all weights) with eps 1e-4,
 * gain 1, learnable if differentiable, standardization in evaluation too, not differentiable.
 * Activation, initialization, updater, dropout and constraints are the wrapped layer's.
 *
 * <pre>{@code
 * new SameDiffFWS.Builder(new SameDiffConv2D.Builder(3, 3).nOut(16).build()).constEval(true).build()
 * }</pre>
 *
 * <p>Source: elektronn3, {@code elektronn3.modules.wsconv.FWS},
 * https://github.com/ELEKTRONN/elektronn3.
 *
 * <p>Differs from the source in: the other published formulas and {@code differentiable(true)} are
 * options. As in the source, a learnable gain is not trained unless differentiable.
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

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends StandardizedWeights.Builder<Builder> {

        /**
         * Creates a builder.
         *
         * @param layer the layer to wrap; the wrapper takes a copy
         */
        public Builder(org.deeplearning4j.nn.conf.layers.Layer layer) {
            super(layer);
        }

        @Override
        public SameDiffFWS build() {
            return new SameDiffFWS(this);
        }
    }
}
