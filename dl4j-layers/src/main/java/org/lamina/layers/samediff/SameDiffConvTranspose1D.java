package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConvTransposeBuilder;
import org.lamina.layers.builders.DataFormat1D;
import org.lamina.spec.ConvTransposeSpec;

/**
 * 1-D transposed convolution.
 *
 * <pre>
 * y[n, o, i] = b[o] + sum over c, u, q with q * s - p + u * d = i of W[c, o', u] * x[n, c, q]
 * </pre>
 *
 * <p>with c over the channels of o's group and o' the index of o within its group.
 *
 * <p>Input: a time series {@code [N, nIn, T]} (or NWC), output {@code [N, nOut, T']} with T' = (T -
 * 1) * s - 2 * p + d * (k - 1) + 1 + output padding. With a mask of L ones followed by zeros, as
 * many output steps are unmasked as a series of length L produces. Parameters: {@code W [nIn, nOut
 * / groups, k]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), stride 1, no
 * padding, no output padding, dilation 1, one group, bias.
 *
 * <pre>{@code
 * new SameDiffConvTranspose1D.Builder(4).nOut(16).stride(2).padding(1).build()
 * }</pre>
 *
 * <p>Source: PyTorch 1.13, {@code torch.nn.ConvTranspose1d},
 * https://pytorch.org/docs/1.13/generated/torch.nn.ConvTranspose1d.html.
 *
 * <p>Differs from the source in: weights and biases are initialized as the network specifies
 * (PyTorch: uniform in +-1 / sqrt(fanIn); fanIn is nOut / groups * kernel in both); the exact
 * output size is an option of the layer instead of the forward pass, and with a dilation above the
 * stride it may imply any output padding below the dilation. With groups, a norm constraint on W
 * needs explicit {@code NormAxes}: the output channels are then not an axis of W.
 */
public class SameDiffConvTranspose1D extends SpecSameDiffLayer<ConvTransposeSpec> {

    /** For Jackson. */
    protected SameDiffConvTranspose1D() {}

    private SameDiffConvTranspose1D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvTransposeBuilder<Builder>
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
        public SameDiffConvTranspose1D build() {
            return new SameDiffConvTranspose1D(this);
        }
    }
}
