package org.lamina.layers.builders;

import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.DepthwiseConvSpec;
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
 * {@link ConstrainedConvBuilder}, {@link BatchNormBuilder} and {@link DepthwiseConvBuilder} in
 * sequence.
 *
 * <p>Defaults, EEGNet's: 8 temporal filters, depth multiplier 2, padding 'same', eps 1e-3, momentum
 * 0.01, no biases, maximum norm 1 over each spatial filter, no activation function (the network's
 * global one is not applied).
 *
 * <p>Source: Lawhern et al., EEGNet, https://arxiv.org/abs/1611.08024.
 *
 * <p>Differs from the source in: the order of the computation; the running variance is unbiased.
 *
 * @param <T> the builder's own type
 */
public abstract class TemporalSpatialConvBuilder<T extends TemporalSpatialConvBuilder<T>>
        extends BaseTemporalSpatialBuilder<T, TemporalSpatialConvSpec> {

    private int depthMultiplier = 2;
    private double eps = 1e-3;
    private double momentum = 0.01;

    /** Rows of the input and length of a temporal filter. */
    protected TemporalSpatialConvBuilder(int... kernel) {
        super(kernel);
        temporalFilters(8);
        padding("same");
        spatialMaxNorm(1.0);
    }

    /** Spatial filters for each temporal filter, 1 or greater. Default 2. */
    public T depthMultiplier(int value) {
        this.depthMultiplier = value;
        return self();
    }

    /** Added to the variance, 0 or greater. Default 1e-3. */
    public T eps(double value) {
        this.eps = value;
        return self();
    }

    /** Weight of a batch's statistics in the running statistics, in (0, 1]. Default 0.01. */
    public T momentum(double value) {
        this.momentum = value;
        return self();
    }

    @Override
    protected TemporalSpatialConvSpec spec() {
        ConvSpec temporal = temporal();
        TemporalSpatialConvSpec spec =
                new TemporalSpatialConvSpec(
                        temporal,
                        new BatchNormSpec(temporal.outChannels(), eps, momentum),
                        new DepthwiseConvSpec(
                                temporal.outChannels(),
                                depthMultiplier,
                                spatialGeometry(),
                                hasSpatialBias(),
                                spatialNorm()));
        return spec.withOutChannels(getNOut());
    }
}
