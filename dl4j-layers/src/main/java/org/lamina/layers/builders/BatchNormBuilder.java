package org.lamina.layers.builders;

import org.lamina.spec.BatchNormSpec;

/**
 * Batch normalization of each channel, optionally followed by an activation function.
 *
 * <pre>
 * y = gamma * (x - mean) / sqrt(var + eps) + beta
 * running &lt;- (1 - momentum) * running + momentum * batch
 * </pre>
 *
 * <p>Training uses the batch's mean and biased variance, evaluation the running statistics; the
 * running variance is unbiased. Input and output {@code [N, C]}, {@code [N, C, T]}, {@code [N, C,
 * H, W]} or {@code [N, C, D, H, W]}, or with channels last. Parameters, each {@code [C]}: {@code
 * gamma}, {@code beta}, and the running statistics {@code mean}, {@code var}, which no updater
 * touches and which are saved and averaged with the parameters.
 *
 * <p>Defaults: eps 1e-5, momentum 0.1, no activation function (the network's global one is not
 * applied, as with DL4J's own layer).
 *
 * <p>Source: Ioffe and Szegedy, https://arxiv.org/abs/1502.03167; numbers as PyTorch's
 * BatchNorm1d/2d/3d.
 *
 * <p>Differs from the source in: masked positions are excluded from the statistics and are zero in
 * the output.
 *
 * <p>Differs from DL4J's BatchNormalization in: that, time series and 3-D input, eps 0 allowed,
 * unbiased running variance, so that evaluation after training uses the same statistics as PyTorch.
 *
 * @param <T> the builder's own type
 */
public abstract class BatchNormBuilder<T extends BatchNormBuilder<T>>
        extends ChannelwiseBuilder<T, BatchNormSpec> {

    private double eps = 1e-5;
    private double momentum = 0.1;

    /** Added to the variance, 0 or greater. Default 1e-5. */
    public T eps(double value) {
        this.eps = value;
        return self();
    }

    /**
     * Weight of a batch's statistics in the running statistics, in (0, 1]. Default 0.1 (DL4J's
     * decay 0.9).
     */
    public T momentum(double value) {
        this.momentum = value;
        return self();
    }

    @Override
    protected BatchNormSpec spec() {
        return new BatchNormSpec(channels(), eps, momentum);
    }
}
