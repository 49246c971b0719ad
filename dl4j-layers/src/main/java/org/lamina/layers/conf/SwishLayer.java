package org.lamina.layers.conf;

import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.SwishImpl;
import org.lamina.spec.SwishSpec;

/**
 * Swish, {@code y = x * sigmoid(beta * x)}, with a beta that can be learnt; beta 1 is SiLU.
 *
 * <p>Input and output {@code [N, C]}, {@code [N, C, T]}, {@code [N, C, H, W]} or {@code [N, C, D,
 * H, W]}, or with channels last; the input is left as it is. Parameter, only if beta is learnt:
 * {@code beta [C]}, one slope for each channel, as PyTorch's and DL4J's PReLU can have.
 *
 * <p>Defaults: beta 1, not learnt; no further activation function (a global one of the network is
 * not applied).
 *
 * <pre>{@code
 * new SwishLayer.Builder().learnableBeta(true).build()
 * }</pre>
 *
 * <p>Source: Ramachandran, Zoph and Le, https://arxiv.org/abs/1710.05941; {@code torch.nn.SiLU}.
 * Without a parameter of its own, {@link org.lamina.layers.activations.Swish} is the same function
 * for any layer's {@code activation(...)}.
 *
 * <p>Differs from the source in: the paper leaves open how many values a learnt beta has; here it
 * is one for each channel.
 */
public class SwishLayer extends SpecLayer<SwishSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected SwishLayer() {}

    private SwishLayer(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return SwishImpl.class;
    }

    /** Builder. */
    public static class Builder extends ChannelwiseBuilder<Builder, SwishSpec> {

        private double beta = 1;
        private boolean learnableBeta;

        /** Slope of the gate, a finite number; its initial value if it is learnt. Default 1. */
        public Builder beta(double value) {
            this.beta = value;
            return this;
        }

        /** Whether beta is learnt, one for each channel. Default false. */
        public Builder learnableBeta(boolean value) {
            this.learnableBeta = value;
            return this;
        }

        @Override
        protected SwishSpec spec() {
            return new SwishSpec(channels(), beta, learnableBeta);
        }

        @Override
        @SuppressWarnings("unchecked")
        public SwishLayer build() {
            return new SwishLayer(this);
        }
    }
}
