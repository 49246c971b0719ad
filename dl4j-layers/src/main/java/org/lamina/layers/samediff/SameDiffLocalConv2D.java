package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.LocalConvBuilder;
import org.lamina.spec.LocalConvSpec;

/**
 * 2-D convolution with separate filters at every output position (locally connected layer).
 *
 * <pre>
 * y[n, o, i, j] = b[o, p] + sum over c, u, v of W[o, (c, u, v), p] * x[n, c, i * s - pad + u * d, j * s - pad + v * d]
 * p = i * W' + j
 * </pre>
 *
 * <p>Input {@code [N, nIn, H, W]} (or NHWC), output {@code [N, nOut, H', W']}. Parameters: {@code W
 * [nOut, nIn * kH * kW, H' * W']}, {@code b [nOut, H' * W']}.
 *
 * <p>The parameters' sizes depend on the size of the input: it is taken from the network's input
 * type or {@code inputSize(...)}; an input of another size is an error.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), stride 1, no
 * padding, dilation 1, bias, padding mode zeros. Unless the layer is given a {@code weightInit} or
 * a {@code biasInit}, filters and biases are uniform in (-a, a) with a = 1 / sqrt(nIn * kH * kW *
 * H' * W'); the network's weight initialization is not applied.
 *
 * <pre>{@code
 * new SameDiffLocalConv2D.Builder(3, 5).nOut(4).stride(2).padding(1).activation(Activation.RELU).build()
 * }</pre>
 *
 * <p>Source: hypnettorch, {@code hypnettorch.mnets.layers.LocalConv2dLayer},
 * https://github.com/chrhenning/hypnettorch. For filters supplied by another part of the network,
 * as in a hypernetwork, see {@link SameDiffLocalConv2DVertex}.
 *
 * <p>Differs from the source in: dilation, padding by rule and padding modes; external weights are
 * the vertex's.
 */
public class SameDiffLocalConv2D extends SpecSameDiffLayer<LocalConvSpec> {

    /** For Jackson. */
    protected SameDiffLocalConv2D() {}

    private SameDiffLocalConv2D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends LocalConvBuilder<Builder> implements DataFormat2D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel height and width, or one number for both
         */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public SameDiffLocalConv2D build() {
            return new SameDiffLocalConv2D(this);
        }
    }
}
