package org.lamina.layers.conf;

import org.lamina.layers.impl.SkipInitGainLayer;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.SkipInitGainSpec;

/**
 * Multiplication by one learnt number, {@code y = gain * x}: at the end of a residual branch, so
 * that training begins with the identity.
 *
 * <p>Input and output {@code [N, C]}, {@code [N, C, T]}, {@code [N, C, H, W]} or {@code [N, C, D,
 * H, W]}, or with channels last. Parameter: {@code gain [1]}.
 *
 * <p>Defaults: initial gain 0, no activation function (a global one of the network is not applied).
 *
 * <pre>{@code
 * new SkipInitGain.Builder().initialGain(0.1).build()
 * }</pre>
 *
 * <p>Source: De and Smith, https://arxiv.org/abs/2002.10444 (SkipInit); the skip gain of NFNets,
 * https://arxiv.org/abs/2102.06171.
 *
 * <p>Differs from the source in: nothing.
 */
public class SkipInitGain extends SpecLayer<SkipInitGainSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected SkipInitGain() {}

    private SkipInitGain(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return SkipInitGainLayer.class;
    }

    /** Builder. */
    public static class Builder extends ChannelwiseBuilder<Builder, SkipInitGainSpec> {

        private double initialGain;

        /** Initial value of the factor, a finite number. Default 0. */
        public Builder initialGain(double value) {
            this.initialGain = value;
            return this;
        }

        @Override
        protected SkipInitGainSpec spec() {
            return new SkipInitGainSpec(channels(), initialGain);
        }

        @Override
        @SuppressWarnings("unchecked")
        public SkipInitGain build() {
            return new SkipInitGain(this);
        }
    }
}
