package org.lamina.layers.conf;

import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.StochasticDepthLayer;
import org.lamina.spec.StochasticDepthOptions;
import org.lamina.spec.StochasticDepthSpec;

/**
 * Stochastic depth: at the end of a residual branch, drops the whole branch of an example at
 * random.
 *
 * <pre>
 * training:    y[n] = 0             with probability p (the drop rate), for each example by itself
 *              y[n] = x[n] / (1 - p)     else; without scaleByKeep y[n] = x[n]
 * evaluation:  y = x
 * </pre>
 *
 * <p>Input and output {@code [N, C]}, {@code [N, C, T]}, {@code [N, C, H, W]} or {@code [N, C, D,
 * H, W]}, or with channels last. No parameters.
 *
 * <p>Defaults: drop rate 0.1, scaled as in timm (DropPath) and torchvision; the code of the NFNets
 * does not scale: {@code scaleByKeep(false)}. Random numbers from {@code Nd4j.getRandom()}, or from
 * the layer's own {@code seed}. No activation function (a global one of the network is not
 * applied).
 *
 * <pre>{@code
 * new StochasticDepth.Builder().dropRate(0.2).scaleByKeep(false).build()
 * }</pre>
 *
 * <p>Source: Huang et al., https://arxiv.org/abs/1603.09382; timm, {@code timm/layers/drop.py},
 * https://github.com/huggingface/pytorch-image-models.
 *
 * <p>Differs from the source in: the paper drops a branch for a whole minibatch, and scales in
 * evaluation.
 */
public class StochasticDepth extends SpecLayer<StochasticDepthSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected StochasticDepth() {}

    private StochasticDepth(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return StochasticDepthLayer.class;
    }

    /** Builder. */
    public static class Builder extends ChannelwiseBuilder<Builder, StochasticDepthSpec>
            implements StochasticDepthOptions<Builder> {

        private final StochasticDepthSpec.Builder arguments = new StochasticDepthSpec.Builder();

        @Override
        public StochasticDepthSpec.Builder arguments() {
            return arguments;
        }

        @Override
        protected StochasticDepthSpec spec() {
            return arguments.build(channels());
        }

        @Override
        @SuppressWarnings("unchecked")
        public StochasticDepth build() {
            return new StochasticDepth(this);
        }
    }
}
