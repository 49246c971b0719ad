package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.WSConvBuilder;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WeightStandardization;

/**
 * 1-D convolution with standardized weights and a learnable gain.
 *
 * <pre>
 * W'[o]      = gain[o] * (W[o] - mean(W[o])) / sqrt(max(var(W[o]) * fanIn, eps))
 * y[n, o, t] = b[o] + sum over c, u of W'[o, c, u] * x[n, c', t * s - p + u * d]
 * </pre>
 *
 * <p>with c' the c-th channel of o's group; mean and variance are those of the weights of one
 * output channel. {@link WeightStandardization} provides the other published formulas; gradients
 * flow through mean and variance, but not through a variance below eps. With padding 'causal', p =
 * (k - 1) * d, all before the input.
 *
 * <p>Input: a time series {@code [N, nIn, T]} (or NWC), output {@code [N, nOut, T']}. Parameters:
 * {@code W [nOut, nIn / groups, k]}, {@code b [nOut]}, {@code gain [nOut]} unless {@code
 * hasGain(false)}.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), stride 1, no
 * padding, dilation 1, one group, bias, padding mode zeros, elektronn3's formula (unbiased
 * variance, fan-in over all weights) with eps 1e-4, gain 1. Weights use Kaiming's normal
 * initialization ({@code WeightInit.RELU}) unless the builder's {@code weightInit} is set; the
 * network's global one is not applied.
 *
 * <pre>{@code
 * new SameDiffWSConv1D.Builder(5).nOut(16).padding("causal").dilation(2).eps(1e-3).build()
 * }</pre>
 *
 * <p>Source: elektronn3, {@code elektronn3.modules.wsconv.WSConv1d},
 * https://github.com/ELEKTRONN/elektronn3.
 *
 * <p>Differs from the source in: the padding mode is applied (the original always pads with zeros);
 * padding per side and causal padding; biases start at the network's bias init (0) instead of
 * uniform random numbers; eps is an option of the layer instead of the forward pass.
 */
public class SameDiffWSConv1D extends SpecSameDiffLayer<WSConvSpec> {

    /** For Jackson. */
    protected SameDiffWSConv1D() {}

    private SameDiffWSConv1D(Builder builder) {
        super(builder);
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
        public SameDiffWSConv1D build() {
            return new SameDiffWSConv1D(this);
        }
    }
}
