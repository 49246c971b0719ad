package org.lamina.layers.builders;

import org.lamina.spec.SkipInitGainSpec;

/**
 * Multiplication by a learned scalar, {@code y = gain * x}: at the end of a residual branch, it
 * makes training start from the identity.
 *
 * <p>Input and output {@code [N, C]}, {@code [N, C, T]}, {@code [N, C, H, W]} or {@code [N, C, D,
 * H, W]}, or with channels last. Parameter: {@code gain [1]}.
 *
 * <p>Defaults: initial gain 0, no activation function (the network's global one is not applied).
 *
 * <p>Source: De and Smith, https://arxiv.org/abs/2002.10444 (SkipInit); the skip gain of NFNets,
 * https://arxiv.org/abs/2102.06171.
 *
 * <p>Differs from the source in: nothing.
 *
 * @param <T> the builder's own type
 */
public abstract class SkipInitGainBuilder<T extends SkipInitGainBuilder<T>>
        extends ChannelwiseBuilder<T, SkipInitGainSpec> {

    private double initialGain;

    /** Initial value of the factor, a finite number. Default 0. */
    public T initialGain(double value) {
        this.initialGain = value;
        return self();
    }

    @Override
    protected SkipInitGainSpec spec() {
        return new SkipInitGainSpec(channels(), initialGain);
    }
}
