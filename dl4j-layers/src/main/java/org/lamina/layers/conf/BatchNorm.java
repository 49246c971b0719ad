package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.lamina.layers.impl.BatchNormLayer;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.BatchNormSpec;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;

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
 * <p>Masks: masked steps of a time series are zeroed in the output; they count in the statistics,
 * as they do in DL4J and PyTorch.
 *
 * <p>Differs from DL4J's BatchNormalization in: time series and 3-D input, eps 0 allowed, unbiased
 * running variance, evaluation after training sees the same statistics as PyTorch; and it is
 * several times faster.
 */
public class BatchNorm extends SpecLayer<BatchNormSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected BatchNorm() {}

    private BatchNorm(Builder builder) {
        super(builder);
        if (activationFn == null) {
            activationFn = new ActivationIdentity();
        }
    }

    @Override
    protected SpecLayerImpl<?> newImpl(NeuralNetConfiguration conf, DataType dataType) {
        return new BatchNormLayer(conf, dataType);
    }

    /** Builder. */
    public static class Builder extends SpecLayer.Builder<Builder, BatchNormSpec> {

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

        /** NCHW (default) or NHWC; taken from the network's input type if it has one. */
        public Builder dataFormat(CNN2DFormat format) {
            return channelsLast(format == CNN2DFormat.NHWC);
        }

        /** NCW (default) or NWC; taken from the network's input type if it has one. */
        public Builder dataFormat(RNNFormat format) {
            return channelsLast(format == RNNFormat.NWC);
        }

        @Override
        protected BatchNormSpec spec() {
            if (getNOut() != 0 && getNOut() != getNIn()) {
                throw new IllegalArgumentException(
                        "nOut = "
                                + getNOut()
                                + "; a normalization has nIn = "
                                + getNIn()
                                + " outputs");
            }
            return new BatchNormSpec(getNIn(), eps, momentum);
        }

        @Override
        @SuppressWarnings("unchecked")
        public BatchNorm build() {
            return new BatchNorm(this);
        }
    }
}
