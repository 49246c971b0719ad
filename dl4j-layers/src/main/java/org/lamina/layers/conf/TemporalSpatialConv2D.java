package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.StageLayer;
import org.lamina.spec.TemporalSpatialConvOptions;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * Temporal convolution, batch normalization and depthwise spatial convolution of a recording, as
 * EEGNet begins, computed in the order that takes fewer multiplications.
 *
 * <pre>
 * u[n, f, c, t] = tb[f] + sum over k of tW[f, k] * x[n, c, t - p + k]
 * v             = gamma * (u - mean) / sqrt(var + eps) + beta
 * y[n, f * D + d, t] = sb[f * D + d] + sum over c of sW[f * D + d, c] * v[n, f, c, t]
 * </pre>
 *
 * <p>For given statistics all three are linear in x, so that they commute: the spatial filters come
 * first and make F * D signals of C, which the temporal filters then run over. Mean and variance of
 * u, which batch normalization takes from the minibatch in training, follow from the mean and the
 * covariance of the input's windows. Outputs, statistics and all gradients are those of the three
 * layers one after the other, and {@code u} is never made; with few channels, where that order
 * takes as long, and with a mask it is taken.
 *
 * <p>Input {@code [N, 1, C, T]} (or NHWC), output {@code [N, F * D, 1, T']}. Parameters, in the
 * order of the three layers' own: {@code tW [F, 1, 1, K]}, {@code tb [F]}, {@code gamma}, {@code
 * beta} and the running statistics {@code mean}, {@code var}, each {@code [F]}, {@code sW [F * D,
 * 1, C, 1]}, {@code sb [F * D]}; the biases if there are any. The flat vector of the parameters is
 * that of {@link ConstrainedConv2D}, {@link BatchNorm} and {@link DepthwiseConv2D} one after the
 * other.
 *
 * <p>Defaults, EEGNet's: 8 temporal filters, depth multiplier 2, padding 'same', eps 1e-3, momentum
 * 0.01, no biases, maximum norm 1 over each spatial filter, no activation function (a global one of
 * the network is not applied).
 *
 * <pre>{@code
 * new TemporalSpatialConv2D.Builder(24, 64).temporalFilters(8).depthMultiplier(2).build()
 * }</pre>
 *
 * <p>Source: Lawhern et al., EEGNet, https://arxiv.org/abs/1611.08024.
 *
 * <p>Differs from the source in: the order of the computation; the running variance is unbiased.
 */
public class TemporalSpatialConv2D extends SpecLayer<TemporalSpatialConvSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected TemporalSpatialConv2D() {}

    private TemporalSpatialConv2D(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return StageLayer.class;
    }

    /** Builder. */
    public static class Builder extends SpecLayer.Builder<Builder, TemporalSpatialConvSpec>
            implements TemporalSpatialConvOptions<Builder> {

        private final Arguments arguments;

        /**
         * Starts a layer.
         *
         * @param kernel rows of the input (channels of the recording) and length of a temporal
         *     filter
         */
        public Builder(int... kernel) {
            arguments = new Arguments(kernel);
            activation(new ActivationIdentity());
        }

        @Override
        public Arguments arguments() {
            return arguments;
        }

        /** NCHW (default) or NHWC; taken from the network's input type if it has one. */
        public Builder dataFormat(CNN2DFormat format) {
            return channelsLast(format == CNN2DFormat.NHWC);
        }

        @Override
        protected TemporalSpatialConvSpec spec() {
            return arguments.build(getNIn(), getNOut());
        }

        @Override
        @SuppressWarnings("unchecked")
        public TemporalSpatialConv2D build() {
            return new TemporalSpatialConv2D(this);
        }
    }
}
