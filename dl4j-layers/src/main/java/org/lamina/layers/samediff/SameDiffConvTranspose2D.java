package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConvTransposeBuilder;
import org.lamina.layers.builders.DataFormat2D;
import org.lamina.spec.ConvTransposeSpec;

/**
 * 2-D transposed convolution.
 *
 * <pre>
 * y[n, o, i, j] = b[o] + sum over c, u, v, q, r with q * s - p + u * d = i, r * s - p + v * d = j of W[c, o', u, v] * x[n, c, q, r]
 * </pre>
 *
 * <p>with c over the channels of o's group and o' the index of o within its group.
 *
 * <p>Input: {@code [N, nIn, H, W]} (or NHWC), output {@code [N, nOut, H', W']} with H' = (H - 1) *
 * s - 2 * p + d * (k - 1) + 1 + output padding, W' likewise. Parameters: {@code W [nIn, nOut /
 * groups, kH, kW]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), stride 1, no
 * padding, no output padding, dilation 1, one group, bias.
 *
 * <pre>{@code
 * new SameDiffConvTranspose2D.Builder(3, 3).nOut(16).stride(2).padding(1).outputPadding(1).build()
 * }</pre>
 *
 * <p>Source: PyTorch 1.13, {@code torch.nn.ConvTranspose2d},
 * https://pytorch.org/docs/1.13/generated/torch.nn.ConvTranspose2d.html.
 *
 * <p>Differs from the source in: weights and biases are initialized as the network specifies
 * (PyTorch: uniform in +-1 / sqrt(fanIn); fanIn is nOut / groups * kernel in both); the exact
 * output size is an option of the layer instead of the forward pass, and with a dilation above the
 * stride it may imply any output padding below the dilation. With groups, a norm constraint on W
 * needs explicit {@code NormAxes}: the output channels are then not an axis of W.
 */
public class SameDiffConvTranspose2D extends SpecSameDiffLayer<ConvTransposeSpec> {

    /** For Jackson. */
    protected SameDiffConvTranspose2D() {}

    private SameDiffConvTranspose2D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvTransposeBuilder<Builder>
            implements DataFormat2D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel height and width, or one number for both
         */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public SameDiffConvTranspose2D build() {
            return new SameDiffConvTranspose2D(this);
        }
    }
}
