package org.lamina.layers.builders;

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
 * <p>Source: Wang, Wu, Zhu, Li, Zuo and Hu, https://arxiv.org/abs/1910.03151; timm's {@code
 * EcaModule}, https://github.com/huggingface/pytorch-image-models.
 *
 * <p>Differs from the source in: the scale; timm's experimental forms (two convolutions, circular
 * padding) are omitted.
 *
 * @param <T> the builder's own type
 */
public abstract class ECABuilder<T extends ECABuilder<T>> extends ChannelGateBuilder<T, ECASpec> {

    private Integer kernelSize;

    /**
     * Number of neighboring channels that a factor depends on, odd. Default: {@code (log2(nIn) + 1)
     * / 2} rounded down, plus 1 if even, at least 3.
     */
    public T kernelSize(int value) {
        this.kernelSize = value;
        return self();
    }

    @Override
    protected ECASpec spec() {
        return new ECASpec(channels(), kernelSize, gate, scale);
    }
}
