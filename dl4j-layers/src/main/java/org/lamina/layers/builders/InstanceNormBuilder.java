package org.lamina.layers.builders;

import org.lamina.spec.InstanceNormSpec;

/**
 * Instance normalization: normalizes each channel of each example over its positions.
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
 * <p>Defaults: affine, eps 1e-5, no activation function (the network's global one is not applied).
 *
 * <p>Source: Ulyanov, Vedaldi and Lempitsky, https://arxiv.org/abs/1607.08022; numbers as PyTorch's
 * InstanceNorm1d/2d/3d, which MDNC (https://github.com/cainmagi/MDNC) calls 'pinst' if affine, else
 * 'inst'.
 *
 * <p>Differs from the source in: affine by default, as in MDNC's layers; no option for running
 * statistics; masked positions are excluded from the statistics and are zero in the output.
 *
 * @param <T> the builder's own type
 */
public abstract class InstanceNormBuilder<T extends InstanceNormBuilder<T>>
        extends ChannelwiseBuilder<T, InstanceNormSpec> {

    private boolean affine = true;
    private double eps = 1e-5;

    /** Whether each channel has a learned scale and shift. Default true. */
    public T affine(boolean value) {
        this.affine = value;
        return self();
    }

    /** Added to the variance, greater than 0. Default 1e-5. */
    public T eps(double value) {
        this.eps = value;
        return self();
    }

    @Override
    protected InstanceNormSpec spec() {
        return new InstanceNormSpec(channels(), affine, eps);
    }
}
