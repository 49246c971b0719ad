package org.lamina.layers.builders;

import org.lamina.spec.ConvTransposeSpec;

/**
 * Transposed convolution in one, two or three dimensions.
 *
 * <pre>
 * y[n, o, i] = b[o] + sum over c, u, q with q * s - p + u * d = i of W[c, o', u] * x[n, c, q]
 * </pre>
 *
 * <p>with c over the channels of o's group and o' the index of o within its group; i, s, p, u, d
 * and q have one component for each dimension.
 *
 * <p>Input {@code [N, nIn, T]}, {@code [N, nIn, H, W]} or {@code [N, nIn, D, H, W]}, or with
 * channels last; output {@code [N, nOut, ...]}, along each dimension of size {@code (in - 1) * s -
 * 2 * p + d * (k - 1) + 1 + output padding}. With a mask of L ones followed by zeros, as many
 * output steps are unmasked as a series of length L produces. Parameters: {@code W [nIn, nOut /
 * groups, k...]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), no padding,
 * a bias.
 *
 * <p>Source: PyTorch 1.13, {@code torch.nn.ConvTranspose1d}, {@code ConvTranspose2d} and {@code
 * ConvTranspose3d}, https://pytorch.org/docs/1.13/generated/torch.nn.ConvTranspose2d.html.
 *
 * <p>Differs from the source in: weights and biases are initialized as the network specifies
 * (PyTorch: uniform in +-1 / sqrt(fanIn); fanIn is nOut / groups * kernel in both); the exact
 * output size is an option of the layer instead of the forward pass, and with a dilation above the
 * stride it may imply any output padding below the dilation. With groups, a norm constraint on W
 * needs explicit {@code NormAxes}: the output channels are then not an axis of W.
 *
 * @param <T> the builder's own type
 */
public abstract class ConvTransposeBuilder<T extends ConvTransposeBuilder<T>>
        extends BaseConvTransposeBuilder<T, ConvTransposeSpec> {

    /** A kernel of {@code rank} dimensions: one number per dimension, or one for all. */
    protected ConvTransposeBuilder(int rank, int... kernel) {
        super(rank, kernel);
    }

    @Override
    protected ConvTransposeSpec spec() {
        return transposedConv();
    }
}
