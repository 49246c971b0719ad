package org.lamina.layers.builders;

import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.NormAxes;
import org.lamina.spec.NormSpec;
import org.lamina.spec.SeparableConvSpec;

/**
 * Separable convolution in two dimensions: a depthwise convolution followed by a pointwise one,
 * each with an optional norm constraint. Formula, shapes and parameters are those of {@link
 * DepthwiseSeparableConvBuilder}.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), padding
 * 'same', no biases, no constraints. The bounds of a norm select the constraint; see {@link
 * NormSpec}. A rate has an effect only with two bounds that are not both 1. DL4J does not apply the
 * network's constraints ({@code constrainWeights(...)}) to a layer that has its own.
 *
 * <p>Source: selfEEG 0.2, {@code selfeeg.models.layers.SeparableConv2d},
 * https://github.com/MedMaxLab/selfEEG. Where its documentation and its code differ this layer
 * follows the code: padding defaults to 'same' (documented: 0), bias to false (documented: true),
 * the norm axes to [1, 2, 3] (documented: 1).
 *
 * <p>Differs from the source in: the weights are constrained after an update instead of before a
 * forward pass ({@link #constrainOnForward}); a minimum norm without a maximum is an error instead
 * of being ignored.
 *
 * @param <T> the builder's own type
 */
public abstract class SeparableConvBuilder<T extends SeparableConvBuilder<T>>
        extends BaseConvBuilder<T, SeparableConvSpec> {

    private final NormSpec.Builder depthNorm = NormSpec.builder();
    private final NormSpec.Builder pointNorm = NormSpec.builder();
    private int depthMultiplier = 1;

    /** A kernel of {@code rank} dimensions: one number per dimension, or one for all. */
    protected SeparableConvBuilder(int rank, int... kernel) {
        super(false, rank, kernel);
    }

    /** Filters per input channel, 1 or greater. Default 1. */
    public T depthMultiplier(int value) {
        this.depthMultiplier = value;
        return self();
    }

    /** Largest norm of a depthwise filter, or null for no constraint. Default null. */
    public T depthMaxNorm(Double value) {
        depthNorm.max(value);
        return self();
    }

    /** Smallest norm of a depthwise filter, or null. Default null. */
    public T depthMinNorm(Double value) {
        depthNorm.min(value);
        return self();
    }

    /** Rate of the depthwise constraint when both its bounds are given, in (0, 1]. Default 1. */
    public T depthMinMaxRate(double value) {
        depthNorm.rate(value);
        return self();
    }

    /** Largest norm of a pointwise filter, or null for no constraint. Default null. */
    public T pointMaxNorm(Double value) {
        pointNorm.max(value);
        return self();
    }

    /** Smallest norm of a pointwise filter, or null. Default null. */
    public T pointMinNorm(Double value) {
        pointNorm.min(value);
        return self();
    }

    /** Rate of the pointwise constraint when both its bounds are given, in (0, 1]. Default 1. */
    public T pointMinMaxRate(double value) {
        pointNorm.rate(value);
        return self();
    }

    /**
     * Axes of both weights over which norms are taken. Default {@link NormAxes#perOutputUnit()}.
     */
    public T normAxes(NormAxes axes) {
        depthNorm.axes(axes);
        pointNorm.axes(axes);
        return self();
    }

    /** Added to the norms in the denominator. Default 1e-9. */
    public T normEps(double eps) {
        depthNorm.eps(eps);
        pointNorm.eps(eps);
        return self();
    }

    @Override
    protected SeparableConvSpec spec() {
        return new SeparableConvSpec(
                new DepthwiseConvSpec(
                        getNIn(), depthMultiplier, geometry().build(), bias(), depthNorm.build()),
                getNOut(),
                bias(),
                pointNorm.build());
    }
}
