package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.WSConvTransposeBuilder;
import org.lamina.spec.WSConvTransposeSpec;
import org.lamina.spec.WeightStandardization;

/**
 * 1-D transposed convolution with standardized weights and a learnable gain.
 *
 * <pre>
 * W'[o]      = gain[o] * (W[o] - mean(W[o])) / sqrt(max(var(W[o]) * fanIn, eps))
 * y[n, o, t] = b[o] + sum over c, u, q with q * s - p + u * d = t of W'[c, o', u] * x[n, c, q]
 * </pre>
 *
 * <p>with c over the channels of o's group and o' the index of o within its group. W[o] are the
 * weights of output channel o. With {@code perInputChannel(true)} mean and variance are those of
 * each input channel's weights, W[c], and so is the gain. {@link WeightStandardization} provides
 * the other published formulas; gradients flow through mean and variance, but not through a
 * variance below eps.
 *
 * <p>Input: a time series {@code [N, nIn, T]} (or NWC), output {@code [N, nOut, T']} with T' = (T -
 * 1) * s - 2 * p + d * (k - 1) + 1 + output padding. With a mask of L ones followed by zeros, as
 * many output steps are unmasked as a series of length L produces. Parameters: {@code W [nIn, nOut
 * / groups, k]}, {@code b [nOut]}, {@code gain [nOut]} or, per input channel, {@code [nIn]}; no
 * gain with {@code hasGain(false)}.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), stride 1, no
 * padding, no output padding, dilation 1, one group, bias, elektronn3's formula (unbiased variance,
 * fan-in over all weights) with eps 1e-4 for each output channel, gain 1. Weights use Kaiming's
 * normal initialization ({@code WeightInit.RELU}, fan-in nOut / groups * kernel as in PyTorch)
 * unless the builder's {@code weightInit} is set; the network's global one is not applied.
 *
 * <pre>{@code
 * new SameDiffWSConvTranspose1D.Builder(4).nOut(16).stride(2).padding(1).build()
 * }</pre>
 *
 * <p>Source: elektronn3, {@code elektronn3.modules.wsconv.WSConvTranspose2d},
 * https://github.com/ELEKTRONN/elektronn3.
 *
 * <p>Differs from the source in: the original has no 1-D form; this is its 2-D form, as intended,
 * in one dimension; the standardized weight is used (the original convolves with the raw one); the
 * weights of an output channel are standardized unless {@code perInputChannel} is set; the exact
 * output size is an option of the layer instead of the forward pass, and with a dilation above the
 * stride it may imply any output padding below the dilation; biases start at the network's bias
 * init (0) instead of uniform random numbers; eps is an option of the layer instead of the forward
 * pass. With groups, a norm constraint on W needs explicit {@code NormAxes}: the output channels
 * are then not an axis of W.
 */
public class SameDiffWSConvTranspose1D extends SpecSameDiffLayer<WSConvTransposeSpec> {

    /** For Jackson. */
    protected SameDiffWSConvTranspose1D() {}

    private SameDiffWSConvTranspose1D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends WSConvTransposeBuilder<Builder>
            implements DataFormat1D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel length
         */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public SameDiffWSConvTranspose1D build() {
            return new SameDiffWSConvTranspose1D(this);
        }
    }
}
