package org.lamina.layers.builders;

import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvOptions;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.SeparableConvSpec;

/**
 * Depthwise separable convolution in one or two dimensions: a convolution of each channel
 * separately, then one with kernel size 1 that mixes the channels.
 *
 * <pre>
 * h[c * M + m] = x[c] * dW[c * M + m] + db
 * y[o]         = sum over i of pW[o, i] h[i] + pb
 * </pre>
 *
 * <p>Input {@code [N, nIn, T]} or {@code [N, nIn, H, W]}, or with channels last; output {@code [N,
 * nOut, ...]}. Parameters: {@code dW [nIn * M, 1, k...]}, {@code pW [nOut, nIn * M, 1...]} and,
 * with biases, {@code db [nIn * M]}, {@code pb [nOut]}; M is the depth multiplier.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), no padding,
 * both biases, no constraint. {@link SeparableConvBuilder} has norm constraints and selfEEG's
 * defaults.
 *
 * <p>Source: two {@code torch.nn.Conv1d} or {@code Conv2d}, the first with as many groups as
 * channels, https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html; Chollet,
 * https://arxiv.org/abs/1610.02357.
 *
 * <p>Differs from the source in: padding can also be 'same', 'valid' or 'causal', in any padding
 * mode.
 *
 * @param <T> the builder's own type
 */
public abstract class DepthwiseSeparableConvBuilder<T extends DepthwiseSeparableConvBuilder<T>>
        extends AbstractSpecLayer.Builder<T, SeparableConvSpec> implements ConvOptions<T> {

    private final ConvGeometry.Builder geometry;
    private int depthMultiplier = 1;
    private boolean biasDepthwise = true;
    private boolean biasPointwise = true;

    /** A kernel of {@code rank} dimensions: one number per dimension, or one for all. */
    protected DepthwiseSeparableConvBuilder(int rank, int... kernel) {
        this.geometry = ConvGeometry.builder(rank, kernel).padding(0);
    }

    @Override
    public ConvGeometry.Builder geometry() {
        return geometry;
    }

    /** Filters per input channel, 1 or greater. Default 1. */
    public T depthMultiplier(int value) {
        this.depthMultiplier = value;
        return self();
    }

    /** Whether both parts have biases. Default true. */
    public T hasBias(boolean value) {
        biasDepthwise(value);
        return biasPointwise(value);
    }

    /** Whether the depthwise part has a bias. Default true. */
    public T biasDepthwise(boolean value) {
        this.biasDepthwise = value;
        return self();
    }

    /** Whether the pointwise part has a bias. Default true. */
    public T biasPointwise(boolean value) {
        this.biasPointwise = value;
        return self();
    }

    @Override
    protected SeparableConvSpec spec() {
        return new SeparableConvSpec(
                new DepthwiseConvSpec(
                        getNIn(),
                        depthMultiplier,
                        geometry.build(),
                        biasDepthwise,
                        NormSpec.none()),
                getNOut(),
                biasPointwise,
                NormSpec.none());
    }
}
