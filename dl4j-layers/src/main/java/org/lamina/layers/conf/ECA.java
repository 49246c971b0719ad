package org.lamina.layers.conf;

import org.lamina.layers.impl.ECALayer;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.ECAOptions;
import org.lamina.spec.ECASpec;

/**
 * Efficient channel attention: each channel times a factor that follows from the means of the
 * channel and its neighbours.
 *
 * <pre>
 * z[n, c] = sum over j of W[j] * mean(x)[n, c + j - (k - 1) / 2]      0 beyond the channels
 * y       = x * scale * gate(z)
 * </pre>
 *
 * <p>The mean runs over all spatial dimensions; with a mask over the positions that are not masked.
 * Input and output {@code [N, C, T]}, {@code [N, C, H, W]}, {@code [N, C, D, H, W]} or {@code [N,
 * C]} (where the mean is x itself), or with channels last. Parameter: {@code W [1, 1, k]}; there is
 * no bias.
 *
 * <p>Defaults: a kernel size that follows from the channels, {@code k = (log2(C) + 1) / 2} rounded
 * down, the next odd number if that is even, at least 3 (3 for up to 127 channels, 5 for up to
 * 2047); gate sigmoid, scale 1 (normalizer-free networks have 2); no activation function after it
 * (a global one of the network is not applied).
 *
 * <pre>{@code
 * new ECA.Builder().scale(2.0).build()
 * }</pre>
 *
 * <p>Source: Wang, Wu, Zhu, Li, Zuo and Hu, https://arxiv.org/abs/1910.03151; timm's {@code
 * EcaModule}, https://github.com/huggingface/pytorch-image-models.
 *
 * <p>Differs from the source in: the scale; timm's experimental forms (two convolutions, circular
 * padding) are left out.
 */
public class ECA extends SpecLayer<ECASpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected ECA() {}

    private ECA(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return ECALayer.class;
    }

    /** Builder. */
    public static class Builder extends ChannelwiseBuilder<Builder, ECASpec>
            implements ECAOptions<Builder> {

        private final ECASpec.Builder arguments = ECASpec.builder();

        @Override
        public ECASpec.Builder arguments() {
            return arguments;
        }

        @Override
        protected ECASpec spec() {
            return arguments.build(channels());
        }

        @Override
        @SuppressWarnings("unchecked")
        public ECA build() {
            return new ECA(this);
        }
    }
}
