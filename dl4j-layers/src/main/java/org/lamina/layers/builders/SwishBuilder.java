package org.lamina.layers.builders;

import org.lamina.spec.SwishSpec;

/**
 * Swish, {@code y = x * sigmoid(beta * x)}, with a beta that can be learned; beta 1 is SiLU.
 *
 * <p>Input and output {@code [N, C]}, {@code [N, C, T]}, {@code [N, C, H, W]} or {@code [N, C, D,
 * H, W]}, or with channels last; the input is not modified. Parameter, only if beta is learned:
 * {@code beta [C]}, one for each channel.
 *
 * <p>Defaults: beta 1, not learned; no further activation function (the network's global one is not
 * applied).
 *
 * <p>Source: Ramachandran, Zoph and Le, https://arxiv.org/abs/1710.05941; {@code torch.nn.SiLU}.
 * {@link org.lamina.activations.Swish} is the same function without parameters, for any layer's
 * {@code activation(...)}.
 *
 * <p>Differs from the source in: the paper does not say how many values a learned beta has; here it
 * is one per channel.
 *
 * @param <T> the builder's own type
 */
public abstract class SwishBuilder<T extends SwishBuilder<T>>
        extends ChannelwiseBuilder<T, SwishSpec> {

    private double beta = 1;
    private boolean learnableBeta;

    /** Slope of the gate, a finite number; its initial value if it is learned. Default 1. */
    public T beta(double value) {
        this.beta = value;
        return self();
    }

    /** Whether beta is learned, one for each channel. Default false. */
    public T learnableBeta(boolean value) {
        this.learnableBeta = value;
        return self();
    }

    @Override
    protected SwishSpec spec() {
        return new SwishSpec(channels(), beta, learnableBeta);
    }
}
