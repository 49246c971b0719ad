package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.LocalConvBuilder;
import org.lamina.spec.LocalConvSpec;

/**
 * 1-D convolution with separate filters at every output position (locally connected layer).
 *
 * <pre>
 * y[n, o, t] = b[o, t] + sum over c, u of W[o, (c, u), t] * x[n, c, t * s - pad + u * d]
 * </pre>
 *
 * <p>Input: a time series {@code [N, nIn, T]} (or NWC), output {@code [N, nOut, T']}. Parameters:
 * {@code W [nOut, nIn * k, T']}, {@code b [nOut, T']}.
 *
 * <p>The parameters' sizes depend on the size of the input: it is taken from the network's input
 * type or {@code inputSize(...)}; an input of another size is an error. Pad shorter series to that
 * length and mask them.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), stride 1, no
 * padding, dilation 1, bias, padding mode zeros. Unless the layer is given a {@code weightInit} or
 * a {@code biasInit}, filters and biases are uniform in (-a, a) with a = 1 / sqrt(nIn * k * T');
 * the network's weight initialization is not applied.
 *
 * <pre>{@code
 * new SameDiffLocalConv1D.Builder(5).nOut(4).padding("same").activation(Activation.RELU).build()
 * }</pre>
 *
 * <p>Source: hypnettorch, {@code hypnettorch.mnets.layers.LocalConv2dLayer} in one dimension,
 * https://github.com/chrhenning/hypnettorch. For filters supplied by another part of the network,
 * as in a hypernetwork, see {@link SameDiffLocalConv1DVertex}.
 *
 * <p>Differs from the source in: dilation, padding by rule and padding modes; external weights are
 * the vertex's.
 */
public class SameDiffLocalConv1D extends SpecSameDiffLayer<LocalConvSpec> {

    /** For Jackson. */
    protected SameDiffLocalConv1D() {}

    private SameDiffLocalConv1D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends LocalConvBuilder<Builder> implements DataFormat1D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel length
         */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public SameDiffLocalConv1D build() {
            return new SameDiffLocalConv1D(this);
        }
    }
}
