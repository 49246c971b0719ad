package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.TemporalSpatialConvBuilder;
import org.lamina.spec.TemporalSpatialConvSpec;

/**
 * Temporal convolution, batch normalization and depthwise spatial convolution of a recording, as at
 * the start of EEGNet, computed in the order that takes fewer multiplications.
 *
 * <pre>
 * u[n, f, c, t] = tb[f] + sum over k of tW[f, k] * x[n, c, t - p + k]
 * v             = gamma * (u - mean) / sqrt(var + eps) + beta
 * y[n, f * D + d, t] = sb[f * D + d] + sum over c of sW[f * D + d, c] * v[n, f, c, t]
 * </pre>
 *
 * <p>For given statistics all three are linear in x and commute: the spatial filters come first and
 * turn C signals into F * D, to which the temporal filters are applied. Mean and variance of u,
 * which batch normalization takes from the minibatch in training, are computed from the mean and
 * the covariance of the input's windows. Outputs, statistics and all gradients equal those of the
 * three layers in sequence, but {@code u} is never computed. With few channels, where the layers'
 * order takes no longer, and with a mask, that order is used.
 *
 * <p>Input {@code [N, 1, C, T]} (or NHWC), output {@code [N, F * D, 1, T']}. Parameters, in the
 * order of the three layers: {@code tW [F, 1, 1, K]}, {@code tb [F]}, {@code gamma}, {@code beta}
 * and the running statistics {@code mean}, {@code var}, each {@code [F]}, {@code sW [F * D, 1, C,
 * 1]}, {@code sb [F * D]}; the biases are optional. The flat vector of the parameters is that of
 * {@link SameDiffConstrainedConv2D}, {@link SameDiffBatchNorm} and {@link SameDiffDepthwiseConv2D}
 * in sequence.
 *
 * <p>Defaults, EEGNet's: 8 temporal filters, depth multiplier 2, padding 'same', eps 1e-3, momentum
 * 0.01, no biases, maximum norm 1 over each spatial filter, no activation function (the network's
 * global one is not applied).
 *
 * <pre>{@code
 * new SameDiffTemporalSpatialConv2D.Builder(24, 64).temporalFilters(8).depthMultiplier(2).build()
 * }</pre>
 *
 * <p>Source: Lawhern et al., EEGNet, https://arxiv.org/abs/1611.08024.
 *
 * <p>Differs from the source in: the order of the computation; the running variance is unbiased.
 */
public class SameDiffTemporalSpatialConv2D extends SpecSameDiffLayer<TemporalSpatialConvSpec> {

    /** For Jackson. */
    protected SameDiffTemporalSpatialConv2D() {}

    private SameDiffTemporalSpatialConv2D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends TemporalSpatialConvBuilder<Builder>
            implements DataFormat2D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel rows of the input (channels of the recording) and length of a temporal
         *     filter
         */
        public Builder(int... kernel) {
            super(kernel);
        }

        @Override
        public SameDiffTemporalSpatialConv2D build() {
            return new SameDiffTemporalSpatialConv2D(this);
        }
    }
}
