package org.lamina.layers.builders;

import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.ConvSpec;

/**
 * Temporal convolution and spatial convolution over all its filters, as at the start of
 * ShallowConvNet and DeepConvNet, computed as one convolution.
 *
 * <pre>
 * u[n, f, c, t] = tb[f] + sum over k of tW[f, k] * x[n, c, t - p + k]
 * y[n, o, t]    = sb[o] + sum over f, c of sW[o, f, c] * u[n, f, c, t]
 *
 *               = b[o] + sum over c, k of w[o, c, k] * x[n, c, t - p + k]
 * w[o, c, k]    = sum over f of sW[o, f, c] * tW[f, k]
 * b[o]          = sb[o] + sum over f, c of sW[o, f, c] * tb[f]
 * </pre>
 *
 * <p>Outputs and all gradients equal those of the two layers in sequence, but {@code u} is never
 * computed. Where two convolutions take fewer multiplications (few temporal filters, many spatial
 * ones), and with a mask, they are used instead.
 *
 * <p>Input {@code [N, 1, C, T]} (or NHWC), output {@code [N, nOut, 1, T']}. Parameters, in the
 * order of the two layers: {@code tW [F, 1, 1, K]}, {@code tb [F]}, {@code sW [nOut, F, C, 1]},
 * {@code sb [nOut]}; the biases are optional. The flat vector of the parameters is that of two
 * {@link ConstrainedConvBuilder constrained convolutions}.
 *
 * <p>Defaults: 40 temporal filters, no padding, biases in both, no constraints, no activation
 * function (the network's global one is not applied). The number of outputs must be given.
 *
 * <p>Source: braindecode, {@code braindecode.modules.CombinedConv},
 * https://github.com/braindecode/braindecode; the networks: Schirrmeister et al.,
 * https://arxiv.org/abs/1703.05051.
 *
 * <p>Differs from the source in: optional padding; two convolutions are computed where that is less
 * work.
 *
 * @param <T> the builder's own type
 */
public abstract class CombinedConvBuilder<T extends CombinedConvBuilder<T>>
        extends BaseTemporalSpatialBuilder<T, CombinedConvSpec> {

    /** Rows of the input and length of a temporal filter. */
    protected CombinedConvBuilder(int... kernel) {
        super(kernel);
        temporalFilters(40);
        temporalBias(true);
        spatialBias(true);
    }

    @Override
    protected CombinedConvSpec spec() {
        ConvSpec temporal = temporal();
        return new CombinedConvSpec(
                temporal,
                new ConvSpec(
                        temporal.outChannels(),
                        getNOut(),
                        spatialGeometry(),
                        hasSpatialBias(),
                        spatialNorm()));
    }
}
