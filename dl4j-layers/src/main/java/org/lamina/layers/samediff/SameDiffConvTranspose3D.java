package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConvTransposeBuilder;
import org.lamina.layers.builders.DataFormat3D;
import org.lamina.spec.ConvTransposeSpec;

/**
 * 3-D transposed convolution.
 *
 * <pre>
 * y[n, o, h, i, j] = b[o] + sum over c, u, v, w, m, q, r with m * s - p + u * d = h, q * s - p + v * d = i, r * s - p + w * d = j of W[c, o', u, v, w] * x[n, c, m, q, r]
 * </pre>
 *
 * <p>with c over the channels of o's group and o' the index of o within its group.
 *
 * <p>Input: {@code [N, nIn, D, H, W]} (or NDHWC), output {@code [N, nOut, D', H', W']} with D' = (D
 * - 1) * s - 2 * p + d * (k - 1) + 1 + output padding, H' and W' likewise. Parameters: {@code W
 * [nIn, nOut / groups, kD, kH, kW]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), stride 1, no
 * padding, no output padding, dilation 1, one group, bias.
 *
 * <pre>{@code
 * new SameDiffConvTranspose3D.Builder(2, 2, 2).nOut(16).stride(2).build()
 * }</pre>
 *
 * <p>Source: PyTorch 1.13, {@code torch.nn.ConvTranspose3d},
 * https://pytorch.org/docs/1.13/generated/torch.nn.ConvTranspose3d.html.
 *
 * <p>Differs from the source in: weights and biases are initialized as the network specifies
 * (PyTorch: uniform in +-1 / sqrt(fanIn); fanIn is nOut / groups * kernel in both); the exact
 * output size is an option of the layer instead of the forward pass, and with a dilation above the
 * stride it may imply any output padding below the dilation. With groups, a norm constraint on W
 * needs explicit {@code NormAxes}: the output channels are then not an axis of W.
 */
public class SameDiffConvTranspose3D extends SpecSameDiffLayer<ConvTransposeSpec> {

    /** For Jackson. */
    protected SameDiffConvTranspose3D() {}

    private SameDiffConvTranspose3D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvTransposeBuilder<Builder>
            implements DataFormat3D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel depth, height and width, or one number for all
         */
        public Builder(int... kernel) {
            super(3, kernel);
        }

        @Override
        public SameDiffConvTranspose3D build() {
            return new SameDiffConvTranspose3D(this);
        }
    }
}
