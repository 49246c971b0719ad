package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat3D;
import org.lamina.layers.builders.WSConvBuilder;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WeightStandardization;

/**
 * 3-D convolution with standardized weights and a learnable gain.
 *
 * <pre>
 * W'[o]            = gain[o] * (W[o] - mean(W[o])) / sqrt(max(var(W[o]) * fanIn, eps))
 * y[n, o, h, i, j] = b[o] + sum over c, u, v, w of W'[o, c, u, v, w] * x[n, c', h * s - p + u * d, i * s - p + v * d, j * s - p + w * d]
 * </pre>
 *
 * <p>with c' the c-th channel of o's group; mean and variance are those of the weights of one
 * output channel. {@link WeightStandardization} provides the other published formulas; gradients
 * flow through mean and variance, but not through a variance below eps.
 *
 * <p>Input: {@code [N, nIn, D, H, W]} (or NDHWC), output {@code [N, nOut, D', H', W']}. Parameters:
 * {@code W [nOut, nIn / groups, kD, kH, kW]}, {@code b [nOut]}, {@code gain [nOut]} unless {@code
 * hasGain(false)}.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), stride 1, no
 * padding, dilation 1, one group, bias, padding mode zeros, elektronn3's formula (unbiased
 * variance, fan-in over all weights) with eps 1e-4, gain 1. Weights use Kaiming's normal
 * initialization ({@code WeightInit.RELU}) unless the builder's {@code weightInit} is set; the
 * network's global one is not applied.
 *
 * <pre>{@code
 * new SameDiffWSConv3D.Builder(3, 3, 3).nOut(16).groups(2).padding(1, 0, 1).paddingMode(PaddingMode.REFLECT).build()
 * }</pre>
 *
 * <p>Source: elektronn3, {@code elektronn3.modules.wsconv.WSConv3d},
 * https://github.com/ELEKTRONN/elektronn3.
 *
 * <p>Differs from the source in: the padding mode is applied (the original always pads with zeros);
 * padding per side; biases start at the network's bias init (0) instead of uniform random numbers;
 * eps is an option of the layer instead of the forward pass.
 */
public class SameDiffWSConv3D extends SpecSameDiffLayer<WSConvSpec> {

    /** For Jackson. */
    protected SameDiffWSConv3D() {}

    private SameDiffWSConv3D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends WSConvBuilder<Builder> implements DataFormat3D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel depth, height and width, or one number for all
         */
        public Builder(int... kernel) {
            super(3, kernel);
        }

        @Override
        public SameDiffWSConv3D build() {
            return new SameDiffWSConv3D(this);
        }
    }
}
