package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.TransposedConvLayer;
import org.lamina.spec.TransposedConvSpec;

/**
 * 3-D transposed convolution.
 *
 * <pre>
 * y[n, o, h, i, j] = b[o] + sum over c, u, v, w, m, q, r with m * s - p + u * d = h, q * s - p + v * d = i, r * s - p + w * d = j of W[c, o', u, v, w] * x[n, c, m, q, r]
 * </pre>
 *
 * <p>with c over the channels of o's group and o' the place of o in its group.
 *
 * <p>Input: {@code [N, nIn, D, H, W]} (or NDHWC), output {@code [N, nOut, D', H', W']} with D' = (D
 * - 1) * s - 2 * p + d * (k - 1) + 1 + output padding, H' and W' likewise. Parameters: {@code W
 * [nIn, nOut / groups, kD, kH, kW]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid, if it names none: DL4J's rule), stride
 * 1, no padding, no output padding, dilation 1, one group, bias.
 *
 * <pre>{@code
 * new ConvTranspose3D.Builder(2, 2, 2).nOut(16).stride(2).build()
 * }</pre>
 *
 * <p>Source: PyTorch 1.13, {@code torch.nn.ConvTranspose3d},
 * https://pytorch.org/docs/1.13/generated/torch.nn.ConvTranspose3d.html.
 *
 * <p>Differs from the source in: initial weights and biases are the network's, as for any DL4J
 * layer (PyTorch: uniform in 1 / sqrt(fanIn), which here as there counts nOut / groups * kernel);
 * the exact output size is an option of the layer instead of the forward pass, and with a dilation
 * above the stride may be as large as output padding below the dilation makes it. With groups, a
 * norm constraint on W needs explicit {@code NormAxes}: there an output channel is no place along
 * axes of W.
 */
public class ConvTranspose3D extends SpecLayer<TransposedConvSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected ConvTranspose3D() {}

    private ConvTranspose3D(Builder builder) {
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
        protected TransposedConvSpec spec() {
            return transposedConv();
        }

        @Override
        @SuppressWarnings("unchecked")
        public ConvTranspose3D build() {
            return new ConvTranspose3D(this);
        }
    }
}
