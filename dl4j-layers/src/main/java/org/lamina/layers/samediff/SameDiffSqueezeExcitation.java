package org.lamina.layers.samediff;

import org.lamina.layers.builders.SqueezeExcitationBuilder;
import org.lamina.samediff.ops.ActivationOps;
import org.lamina.spec.SqueezeExcitationSpec;

/**
 * Squeeze and excitation: multiplies each channel by a factor computed from the means of all
 * channels.
 *
 * <pre>
 * y = x * scale * gate(inner(mean(x) W1 + b1) W2 + b2)
 * </pre>
 *
 * <p>The mean is taken over all spatial dimensions; with a mask, over the unmasked positions. Input
 * and output {@code [N, C, T]}, {@code [N, C, H, W]}, {@code [N, C, D, H, W]} or {@code [N, C]}
 * (where the mean is x itself), or with channels last. Parameters: {@code W1 [C, hidden]}, {@code
 * W2 [hidden, C]} and, with biases, {@code b1 [hidden]}, {@code b2 [C]}; the weights are flattened
 * as those of DL4J's dense layer are.
 *
 * <p>Defaults: C / 16 hidden units, rounded down, at least 1; biases, inner activation ReLU, gate
 * sigmoid, scale 1 (normalizer-free networks use 2); no activation function (the network's global
 * one is not applied).
 *
 * <pre>{@code
 * new SameDiffSqueezeExcitation.Builder().reduction(4).scale(2.0).build()
 * }</pre>
 *
 * <p>Source: Hu, Shen and Sun, https://arxiv.org/abs/1709.01507.
 *
 * <p>Differs from the source in: biases, the scale, the activation functions and the number of
 * hidden units can be chosen; W1 and W2 are the transposes of PyTorch's.
 */
public class SameDiffSqueezeExcitation extends SpecSameDiffLayer<SqueezeExcitationSpec> {

    /** For Jackson. */
    protected SameDiffSqueezeExcitation() {}

    private SameDiffSqueezeExcitation(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SqueezeExcitationBuilder<Builder> {

        @Override
        protected SqueezeExcitationSpec spec() {
            SqueezeExcitationSpec built = super.spec();
            ActivationOps.requireSupported("innerActivation", built.innerActivation());
            ActivationOps.requireSupported("gate", built.gate());
            return built;
        }

        @Override
        public SameDiffSqueezeExcitation build() {
            return new SameDiffSqueezeExcitation(this);
        }
    }
}
