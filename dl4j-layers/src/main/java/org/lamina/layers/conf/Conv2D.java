package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.lamina.layers.impl.ConvLayer;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.ConvSpec;

/**
 * 2-D convolution.
 *
 * <pre>
 * y[n, o, i, j] = b[o] + sum over c, u, v of W[o, c, u, v] * x[n, c', i * s - p + u * d, j * s - p + v * d]
 * </pre>
 *
 * <p>with c' the c-th channel of o's group.
 *
 * <p>Input: {@code [N, nIn, H, W]} (or NHWC), output {@code [N, nOut, H', W']}. Parameters: {@code
 * W [nOut, nIn / groups, kH, kW]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid, if it names none: DL4J's rule), stride
 * 1, no padding, dilation 1, one group, bias, zeros as padding.
 *
 * <pre>{@code
 * new Conv2D.Builder(3, 3).nOut(16).padding(1).paddingMode(PaddingMode.CIRCULAR).build()
 * }</pre>
 *
 * <p>Source: PyTorch 1.13, {@code torch.nn.Conv2d},
 * https://pytorch.org/docs/1.13/generated/torch.nn.Conv2d.html.
 *
 * <p>Differs from the source in: initial weights and biases are the network's, as for any DL4J
 * layer (PyTorch: uniform in 1 / sqrt(fanIn)); padding per side.
 */
public class Conv2D extends SpecLayer<ConvSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected Conv2D() {}

    private Conv2D(Builder builder) {
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
         * @param kernel kernel height and width, or one number for both
         */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        /** NCHW (default) or NHWC; taken from the network's input type if it has one. */
        public Builder dataFormat(CNN2DFormat format) {
            return channelsLast(format == CNN2DFormat.NHWC);
        }

        @Override
        protected ConvSpec spec() {
            return conv();
        }

        @Override
        @SuppressWarnings("unchecked")
        public Conv2D build() {
            return new Conv2D(this);
        }
    }
}
