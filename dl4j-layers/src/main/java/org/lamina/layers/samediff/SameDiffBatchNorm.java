package org.lamina.layers.samediff;

import org.lamina.layers.builders.BatchNormBuilder;
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
 * <pre>{@code
 * new SameDiffBatchNorm.Builder().eps(1e-3).momentum(0.01).activation(Activation.ELU).build()
 * }</pre>
 *
 * <p>Source: Ioffe and Szegedy, https://arxiv.org/abs/1502.03167; numbers as PyTorch's
 * BatchNorm1d/2d/3d.
 *
 * <p>Differs from the source in: masked positions are excluded from the statistics and are zero in
 * the output.
 *
 * <p>Differs from DL4J's BatchNormalization in: that, time series and 3-D input, eps 0 allowed,
 * unbiased running variance, so that evaluation after training uses the same statistics as PyTorch.
 */
public class SameDiffBatchNorm extends SpecSameDiffLayer<BatchNormSpec> {

    /** For Jackson. */
    protected SameDiffBatchNorm() {}

    private SameDiffBatchNorm(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends BatchNormBuilder<Builder> {

        @Override
        public SameDiffBatchNorm build() {
            return new SameDiffBatchNorm(this);
        }
    }
}
