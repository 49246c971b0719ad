package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.lamina.layers.impl.ConvLayer;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.ConvSpec;

/**
 * 3-D convolution.
 *
 * <pre>
 * y[n, o, h, i, j] = b[o] + sum over c, u, v, w of W[o, c, u, v, w] * x[n, c', h * s - p + u * d, i * s - p + v * d, j * s - p + w * d]
 * </pre>
 *
 * <p>with c' the c-th channel of o's group.
 *
 * <p>Input: {@code [N, nIn, D, H, W]} (or NDHWC), output {@code [N, nOut, D', H', W']}. Parameters:
 * {@code W [nOut, nIn / groups, kD, kH, kW]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid, if it names none: DL4J's rule), stride
 * 1, no padding, dilation 1, one group, bias, zeros as padding.
 *
 * <pre>{@code
 * new Conv3D.Builder(3, 3, 3).nOut(16).stride(2).padding(1).build()
 * }</pre>
 *
 * <p>Source: PyTorch 1.13, {@code torch.nn.Conv3d},
 * https://pytorch.org/docs/1.13/generated/torch.nn.Conv3d.html.
 *
 * <p>Differs from the source in: initial weights and biases are the network's, as for any DL4J
 * layer (PyTorch: uniform in 1 / sqrt(fanIn)); padding per side.
 */
public class Conv3D extends SpecLayer<ConvSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected Conv3D() {}

    private Conv3D(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return ConvLayer.class;
    }

    /** Builder. */
    public static class Builder extends GroupedConvBuilder<Builder, ConvSpec> {

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
        protected ConvSpec spec() {
            return conv();
        }

        @Override
        @SuppressWarnings("unchecked")
        public Conv3D build() {
            return new Conv3D(this);
        }
    }
}
