package org.lamina.layers.samediff;

import java.util.Map;
import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.TemporalSpatialConvBuilder;
import org.lamina.samediff.ops.TemporalSpatialConvOps;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.nd4j.autodiff.samediff.SDVariable;

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
 * that of {@link SameDiffConstrainedConv2D}, {@link SameDiffBatchNorm} and {@link
 * SameDiffDepthwiseConv2D} one after the other.
 *
 * <p>Defaults, EEGNet's: 8 temporal filters, depth multiplier 2, padding 'same', eps 1e-3, momentum
 * 0.01, no biases, maximum norm 1 over each spatial filter, no activation function (a global one of
 * the network is not applied).
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

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected SameDiffTemporalSpatialConv2D() {}

    private SameDiffTemporalSpatialConv2D(Builder builder) {
        super(builder);
    }

    @Override
    protected SDVariable define(SDVariable x, Map<String, SDVariable> params, GraphPass pass) {
        SDVariable mask = pass.masks().isEmpty() ? null : pass.masks().get(1);
        return pass.collect(
                TemporalSpatialConvOps.temporalSpatialConv(
                        x, params, getSpec(), pass.training(), mask));
    }

    /** Builder. */
    public static class Builder extends TemporalSpatialConvBuilder<Builder>
            implements DataFormat2D<Builder> {

        /**
         * Starts a layer.
         *
         * @param kernel rows of the input (channels of the recording) and length of a temporal
         *     filter
         */
        public Builder(int... kernel) {
            super(kernel);
        }

        @Override
        @SuppressWarnings("unchecked")
        public SameDiffTemporalSpatialConv2D build() {
            return new SameDiffTemporalSpatialConv2D(this);
        }
    }
}
