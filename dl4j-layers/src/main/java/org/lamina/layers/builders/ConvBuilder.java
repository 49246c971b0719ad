package org.lamina.layers.builders;

import org.lamina.spec.ConvSpec;
import org.lamina.spec.NormSpec;

/**
 * Convolution in one, two or three dimensions.
 *
 * <pre>
 * y[n, o, t] = b[o] + sum over c, u of W[o, c, u] * x[n, c', t * s - p + u * d]
 * </pre>
 *
 * <p>with c' the c-th channel of o's group; t, s, p, u and d have one component for each dimension.
 * With padding 'causal', p = (k - 1) * d, all before the input.
 *
 * <p>Input {@code [N, nIn, T]}, {@code [N, nIn, H, W]} or {@code [N, nIn, D, H, W]}, or with
 * channels last; output {@code [N, nOut, ...]}. Parameters: {@code W [nOut, nIn / groups, k...]},
 * {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), no padding,
 * a bias.
 *
 * <p>Source: PyTorch 1.13, {@code torch.nn.Conv1d}, {@code Conv2d} and {@code Conv3d},
 * https://pytorch.org/docs/1.13/generated/torch.nn.Conv2d.html.
 *
 * <p>Differs from the source in: weights and biases are initialized as the network specifies
 * (PyTorch: uniform in +-1 / sqrt(fanIn)); padding per side and causal padding.
 *
 * @param <T> the builder's own type
 */
public abstract class ConvBuilder<T extends ConvBuilder<T>>
        extends GroupedConvBuilder<T, ConvSpec> {

    /** A kernel of {@code rank} dimensions: one number per dimension, or one for all. */
    protected ConvBuilder(int rank, int... kernel) {
        super(rank, kernel);
    }

    @Override
    protected ConvSpec spec() {
        return conv(NormSpec.none());
    }
}
