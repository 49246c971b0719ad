package org.lamina.layers.conf;

import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.StageLayer;
import org.lamina.spec.InstanceNormSpec;

/**
 * Instance normalization: of each channel of each example over its positions.
 *
 * <pre>
 * y[n, c, p] = gamma[c] * (x[n, c, p] - mean[n, c]) / sqrt(var[n, c] + eps) + beta[c]
 * </pre>
 *
 * <p>with mean and biased variance over the positions p, in training and in evaluation: there are
 * no running statistics. Input and output {@code [N, C, T]}, {@code [N, C, H, W]} or {@code [N, C,
 * D, H, W]}, or with channels last; a single position is an error. Parameters, each {@code [C]}:
 * {@code gamma}, {@code beta}; none with {@code affine(false)}.
 *
 * <p>Defaults: affine, eps 1e-5, no activation function (a global one of the network is not
 * applied).
 *
 * <pre>{@code
 * new InstanceNorm.Builder().affine(true).activation(Activation.RELU).build()
 * }</pre>
 *
 * <p>Source: Ulyanov, Vedaldi and Lempitsky, https://arxiv.org/abs/1607.08022; numbers as PyTorch's
 * InstanceNorm1d/2d/3d, of which MDNC (https://github.com/cainmagi/MDNC) calls the affine one
 * 'pinst' and the other 'inst'.
 *
 * <p>Differs from the source in: affine by default, as in MDNC's layers; no running statistics on
 * request; masked positions do not count in the statistics and are zero in the output.
 */
public class InstanceNorm extends SpecLayer<InstanceNormSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected InstanceNorm() {}

    private InstanceNorm(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return StageLayer.class;
    }

    /** Builder. */
    public static class Builder extends ChannelwiseBuilder<Builder, InstanceNormSpec> {

        private boolean affine = true;
        private double eps = 1e-5;

        /** Whether there are a scale and a shift for each channel. Default true. */
        public Builder affine(boolean value) {
            this.affine = value;
            return this;
        }

        /** Added to the variance, greater than 0. Default 1e-5. */
        public Builder eps(double value) {
            this.eps = value;
            return this;
        }

        @Override
        protected InstanceNormSpec spec() {
            return new InstanceNormSpec(channels(), affine, eps);
        }

        @Override
        @SuppressWarnings("unchecked")
        public InstanceNorm build() {
            return new InstanceNorm(this);
        }
    }
}
