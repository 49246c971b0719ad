package org.lamina.layers.samediff;

import java.util.Map;
import org.lamina.kernels.FusedFunction;
import org.lamina.layers.builders.SkipInitGainBuilder;
import org.lamina.samediff.execution.FusedParts;
import org.lamina.spec.SkipInitGainSpec;
import org.nd4j.autodiff.samediff.SDVariable;

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

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected SameDiffSkipInitGain() {}

    private SameDiffSkipInitGain(Builder builder) {
        super(builder);
    }

    @Override
    protected SDVariable define(SDVariable x, Map<String, SDVariable> params, GraphPass pass) {
        return FusedParts.part(
                new FusedFunction.Gain(),
                v -> v[0].mul(v[1]),
                x,
                params.get(SkipInitGainSpec.GAIN));
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
