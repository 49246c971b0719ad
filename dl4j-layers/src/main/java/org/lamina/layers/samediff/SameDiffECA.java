package org.lamina.layers.samediff;

import org.lamina.layers.builders.ECABuilder;
import org.lamina.samediff.ops.ActivationOps;
import org.lamina.spec.ECASpec;

/**
 * Efficient channel attention: multiplies each channel by a factor computed from the means of the
 * channel and its neighbors.
 *
 * <pre>
 * z[n, c] = sum over j of W[j] * mean(x)[n, c + j - (k - 1) / 2]      0 beyond the channels
 * y       = x * scale * gate(z)
 * </pre>
 *
 * <p>The mean is taken over all spatial dimensions; with a mask, over the unmasked positions. Input
 * and output {@code [N, C, T]}, {@code [N, C, H, W]}, {@code [N, C, D, H, W]} or {@code [N, C]}
 * (where the mean is x itself), or with channels last. Parameter: {@code W [1, 1, k]}; there is no
 * bias.
 *
 * <p>Defaults: kernel size {@code k = (log2(C) + 1) / 2} rounded down, plus 1 if even, at least 3
 * (3 for up to 127 channels, 5 for up to 2047); gate sigmoid, scale 1 (normalizer-free networks use
 * 2); no activation function (the network's global one is not applied).
 *
 * <pre>{@code
 * new SameDiffECA.Builder().scale(2.0).build()
 * }</pre>
 *
 * <p>Source: Wang, Wu, Zhu, Li, Zuo and Hu, https://arxiv.org/abs/1910.03151; timm's {@code
 * EcaModule}, https://github.com/huggingface/pytorch-image-models.
 *
 * <p>Differs from the source in: the scale; timm's experimental forms (two convolutions, circular
 * padding) are omitted.
 */
public class SameDiffECA extends SpecSameDiffLayer<ECASpec> {

    /** For Jackson. */
    protected SameDiffECA() {}

    private SameDiffECA(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ECABuilder<Builder> {

        @Override
        protected ECASpec spec() {
            ECASpec built = super.spec();
            ActivationOps.requireSupported("gate", built.gate());
            return built;
        }

        @Override
        public SameDiffECA build() {
            return new SameDiffECA(this);
        }
    }
}
