package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.WSConvLayer;
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
 * output channel. {@link WeightStandardization} has the other published formulas; gradients flow
 * through mean and variance, but not through a variance below eps.
 *
 * <p>Input: {@code [N, nIn, D, H, W]} (or NDHWC), output {@code [N, nOut, D', H', W']}. Parameters:
 * {@code W [nOut, nIn / groups, kD, kH, kW]}, {@code b [nOut]}, {@code gain [nOut]} unless {@code
 * hasGain(false)}.
 *
 * <p>Defaults: the network's activation function (sigmoid, if it names none: DL4J's rule), stride
 * 1, no padding, dilation 1, one group, bias, zeros as padding, elektronn3's formula (unbiased
 * variance, fan-in over all weights) with eps 1e-4, gain 1. Weights start with Kaiming's normal
 * initialization ({@code WeightInit.RELU}), which a network's global weight initialization does not
 * replace; {@code weightInit} of the builder does.
 *
 * <pre>{@code
 * new WSConv3D.Builder(3, 3, 3).nOut(16).groups(2).padding(1, 0, 1).paddingMode(PaddingMode.REFLECT).build()
 * }</pre>
 *
 * <p>Source: elektronn3, {@code elektronn3.modules.wsconv.WSConv3d},
 * https://github.com/ELEKTRONN/elektronn3.
 *
 * <p>Differs from the source in: the padding mode is applied (the original pads zeros whatever it
 * says); padding per side; biases start with the network's bias init, 0, instead of uniform random
 * numbers; eps is an option of the layer instead of the forward pass.
 */
public class WSConv3D extends SpecLayer<WSConvSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected WSConv3D() {}

    private WSConv3D(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return WSConvLayer.class;
    }

    /** Builder. */
    public static class Builder extends WSConvBuilder<Builder> {

        /**
         * Starts a layer.
         *
         * @param kernel kernel depth, height and width, or one number for all
         */
        public Builder(int... kernel) {
            super(3, kernel);
        }

        /** NCDHW (default) or NDHWC; taken from the network's input type if it has one. */
        public Builder dataFormat(Convolution3D.DataFormat format) {
            return channelsLast(format == Convolution3D.DataFormat.NDHWC);
        }

        @Override
        @SuppressWarnings("unchecked")
        public WSConv3D build() {
            return new WSConv3D(this);
        }
    }
}
