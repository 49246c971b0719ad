package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.TransposedConvLayer;
import org.lamina.spec.TransposedConvSpec;

/**
 * 2-D transposed convolution.
 *
 * <pre>
 * y[n, o, i, j] = b[o] + sum over c, u, v, q, r with q * s - p + u * d = i, r * s - p + v * d = j of W[c, o', u, v] * x[n, c, q, r]
 * </pre>
 *
 * <p>with c over the channels of o's group and o' the place of o in its group.
 *
 * <p>Input: {@code [N, nIn, H, W]} (or NHWC), output {@code [N, nOut, H', W']} with H' = (H - 1) *
 * s - 2 * p + d * (k - 1) + 1 + output padding, W' likewise. Parameters: {@code W [nIn, nOut /
 * groups, kH, kW]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid, if it names none: DL4J's rule), stride
 * 1, no padding, no output padding, dilation 1, one group, bias.
 *
 * <pre>{@code
 * new ConvTranspose2D.Builder(3, 3).nOut(16).stride(2).padding(1).outputPadding(1).build()
 * }</pre>
 *
 * <p>Source: PyTorch 1.13, {@code torch.nn.ConvTranspose2d},
 * https://pytorch.org/docs/1.13/generated/torch.nn.ConvTranspose2d.html.
 *
 * <p>Differs from the source in: initial weights and biases are the network's, as for any DL4J
 * layer (PyTorch: uniform in 1 / sqrt(fanIn), which here as there counts nOut / groups * kernel);
 * the exact output size is an option of the layer instead of the forward pass, and with a dilation
 * above the stride may be as large as output padding below the dilation makes it. With groups, a
 * norm constraint on W needs explicit {@code NormAxes}: there an output channel is no place along
 * axes of W.
 */
public class ConvTranspose2D extends SpecLayer<TransposedConvSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected ConvTranspose2D() {}

    private ConvTranspose2D(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return TransposedConvLayer.class;
    }

    /** Builder. */
    public static class Builder extends TransposedConvBuilder<Builder, TransposedConvSpec> {

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
        protected TransposedConvSpec spec() {
            return transposedConv();
        }

        @Override
        @SuppressWarnings("unchecked")
        public ConvTranspose2D build() {
            return new ConvTranspose2D(this);
        }
    }
}
