package org.lamina.layers.conf;

import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.StageLayer;
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
 * <p>Defaults: eps 1e-5, momentum 0.1, no activation function (a global one of the network is not
 * applied, as with DL4J's own layer).
 *
 * <pre>{@code
 * new BatchNorm.Builder().eps(1e-3).momentum(0.01).activation(Activation.ELU).build()
 * }</pre>
 *
 * <p>Source: Ioffe and Szegedy, https://arxiv.org/abs/1502.03167; numbers as PyTorch's
 * BatchNorm1d/2d/3d.
 *
 * <p>Differs from the source in: masked positions do not count in the statistics and are zero in
 * the output.
 *
 * <p>Differs from DL4J's BatchNormalization in: that, time series and 3-D input, eps 0 allowed,
 * unbiased running variance, evaluation after training sees the same statistics as PyTorch.
 */
public class BatchNorm extends SpecLayer<BatchNormSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected BatchNorm() {}

    private BatchNorm(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return StageLayer.class;
    }

    /** Builder. */
    public static class Builder extends ChannelwiseBuilder<Builder, BatchNormSpec> {

        private double eps = 1e-5;
        private double momentum = 0.1;

        /** Added to the variance, 0 or greater. Default 1e-5. */
        public Builder eps(double value) {
            this.eps = value;
            return this;
        }

        /**
         * Share of a batch's statistics in the running ones, in (0, 1]. Default 0.1 (DL4J's decay
         * 0.9).
         */
        public Builder momentum(double value) {
            this.momentum = value;
            return this;
        }

        @Override
        protected BatchNormSpec spec() {
            return new BatchNormSpec(channels(), eps, momentum);
        }

        @Override
        @SuppressWarnings("unchecked")
        public BatchNorm build() {
            return new BatchNorm(this);
        }
    }
}
