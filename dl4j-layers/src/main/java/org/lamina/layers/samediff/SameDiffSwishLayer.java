package org.lamina.layers.samediff;

import org.lamina.layers.builders.SwishBuilder;
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
 * <pre>{@code
 * new SameDiffSwishLayer.Builder().learnableBeta(true).build()
 * }</pre>
 *
 * <p>Source: Ramachandran, Zoph and Le, https://arxiv.org/abs/1710.05941; {@code torch.nn.SiLU}.
 * {@link org.lamina.activations.Swish} is the same function without parameters, for any layer's
 * {@code activation(...)}.
 *
 * <p>Differs from the source in: the paper does not say how many values a learned beta has; here it
 * is one per channel.
 */
public class SameDiffSwishLayer extends SpecSameDiffLayer<SwishSpec> {

    /** For Jackson. */
    protected SameDiffSwishLayer() {}

    private SameDiffSwishLayer(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SwishBuilder<Builder> {

        @Override
        public SameDiffSwishLayer build() {
            return new SameDiffSwishLayer(this);
        }
    }
}
