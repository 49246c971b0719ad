package org.lamina.layers.samediff;

import org.lamina.layers.builders.StochasticDepthBuilder;
import org.lamina.spec.StochasticDepthSpec;

/**
 * Stochastic depth: at the end of a residual branch, drops the whole branch of randomly chosen
 * examples.
 *
 * <pre>
 * training:    y[n] = 0             with probability p (the drop rate), for each example independently
 *              y[n] = x[n] / (1 - p)     else; without scaleByKeep y[n] = x[n]
 * evaluation:  y = x
 * </pre>
 *
 * <p>Input and output {@code [N, C]}, {@code [N, C, T]}, {@code [N, C, H, W]} or {@code [N, C, D,
 * H, W]}, or with channels last. No parameters.
 *
 * <p>Defaults: drop rate 0.1, scaled as in timm (DropPath) and torchvision; the NFNets' code does
 * not scale: use {@code scaleByKeep(false)}. Random numbers from {@code Nd4j.getRandom()}, or from
 * the layer's own {@code seed}. No activation function (the network's global one is not applied).
 *
 * <pre>{@code
 * new SameDiffStochasticDepth.Builder().dropRate(0.2).scaleByKeep(false).build()
 * }</pre>
 *
 * <p>Source: Huang et al., https://arxiv.org/abs/1603.09382; timm, {@code timm/layers/drop.py},
 * https://github.com/huggingface/pytorch-image-models.
 *
 * <p>Differs from the source in: the paper drops a branch for a whole minibatch, and scales in
 * evaluation.
 */
public class SameDiffStochasticDepth extends SpecSameDiffLayer<StochasticDepthSpec> {

    /** For Jackson. */
    protected SameDiffStochasticDepth() {}

    private SameDiffStochasticDepth(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends StochasticDepthBuilder<Builder> {

        @Override
        public SameDiffStochasticDepth build() {
            return new SameDiffStochasticDepth(this);
        }
    }
}
