package org.lamina.layers.builders;

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
 * <p>Source: Huang et al., https://arxiv.org/abs/1603.09382; timm, {@code timm/layers/drop.py},
 * https://github.com/huggingface/pytorch-image-models.
 *
 * <p>Differs from the source in: the paper drops a branch for a whole minibatch, and scales in
 * evaluation.
 *
 * @param <T> the builder's own type
 */
public abstract class StochasticDepthBuilder<T extends StochasticDepthBuilder<T>>
        extends ChannelwiseBuilder<T, StochasticDepthSpec> {

    private double dropRate = 0.1;
    private boolean scaleByKeep = true;
    private Long seed;

    /** Probability that an example is dropped, in [0, 1). Default 0.1. */
    public T dropRate(double value) {
        this.dropRate = value;
        return self();
    }

    /**
     * Whether kept examples are divided by 1 - drop rate, so that the expected output equals the
     * input. Default true.
     */
    public T scaleByKeep(boolean value) {
        this.scaleByKeep = value;
        return self();
    }

    /**
     * Seed of the layer's own random number generator. What is dropped then depends only on the
     * seed, the number of updates so far and the example's index in the minibatch, so use a
     * different seed for each layer. Null uses {@code Nd4j.getRandom()}, as dropout does. Default
     * null.
     */
    public T seed(Long value) {
        this.seed = value;
        return self();
    }

    @Override
    protected StochasticDepthSpec spec() {
        return new StochasticDepthSpec(channels(), dropRate, scaleByKeep, seed);
    }
}
