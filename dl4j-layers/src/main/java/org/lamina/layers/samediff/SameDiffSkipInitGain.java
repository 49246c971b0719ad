package org.lamina.layers.samediff;

import org.lamina.layers.builders.SkipInitGainBuilder;
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
 * <pre>{@code
 * new SameDiffSkipInitGain.Builder().initialGain(0.1).build()
 * }</pre>
 *
 * <p>Source: De and Smith, https://arxiv.org/abs/2002.10444 (SkipInit); the skip gain of NFNets,
 * https://arxiv.org/abs/2102.06171.
 *
 * <p>Differs from the source in: nothing.
 */
public class SameDiffSkipInitGain extends SpecSameDiffLayer<SkipInitGainSpec> {

    /** For Jackson. */
    protected SameDiffSkipInitGain() {}

    private SameDiffSkipInitGain(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SkipInitGainBuilder<Builder> {

        @Override
        public SameDiffSkipInitGain build() {
            return new SameDiffSkipInitGain(this);
        }
    }
}
