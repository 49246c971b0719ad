package org.lamina.layers.builders;

import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.NormOptions;
import org.lamina.spec.NormSpec;

/**
 * Depthwise convolution in two dimensions with a norm constraint: each input channel has its own
 * {@code depthMultiplier} filters.
 *
 * <pre>
 * y[n, c * M + m, i, j] = b[c * M + m] + sum over u, v of
 *                         W[c * M + m, 0, u, v] * x[n, c, i * s - p + u * d, j * s - p + v * d]
 * </pre>
 *
 * <p>Input {@code [N, nIn, H, W]} (or NHWC), output {@code [N, nIn * M, H', W']} with M the depth
 * multiplier. Parameters: {@code W [nIn * M, 1, kH, kW]}, {@code b [nIn * M]} if there is a bias.
 * nOut follows from nIn.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), padding
 * 'same', no bias, maximum norm 2 over each filter. The constraint holds for the initial weights
 * and after every update.
 *
 * <p>Source: selfEEG 0.2, {@code selfeeg.models.layers.DepthwiseConv2d},
 * https://github.com/MedMaxLab/selfEEG. Where its documentation and its code differ this layer
 * follows the code: padding defaults to 'same' (documented: 0), bias to false (documented: true).
 *
 * <p>Differs from the source in: the weights are constrained after an update instead of before a
 * forward pass ({@link #constrainOnForward}); a minimum norm without a maximum is an error instead
 * of being ignored.
 *
 * @param <T> the builder's own type
 */
public abstract class DepthwiseConvBuilder<T extends DepthwiseConvBuilder<T>>
        extends BaseConvBuilder<T, DepthwiseConvSpec> implements NormOptions<T> {

    private final NormSpec.Builder norm = NormOptions.defaults();
    private int depthMultiplier = 1;

    /** A kernel of {@code rank} dimensions: one number per dimension, or one for all. */
    protected DepthwiseConvBuilder(int rank, int... kernel) {
        super(false, rank, kernel);
    }

    /** Filters per input channel, 1 or greater. Default 1. */
    public T depthMultiplier(int value) {
        this.depthMultiplier = value;
        return self();
    }

    @Override
    public NormSpec.Builder norm() {
        return norm;
    }

    @Override
    protected DepthwiseConvSpec spec() {
        DepthwiseConvSpec spec =
                new DepthwiseConvSpec(
                        getNIn(), depthMultiplier, geometry().build(), bias(), norm.build());
        return spec.withOutChannels(getNOut());
    }
}
