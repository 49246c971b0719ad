package org.lamina.layers.samediff;

import org.lamina.layers.builders.InstanceNormBuilder;
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
 * <pre>{@code
 * new SameDiffInstanceNorm.Builder().affine(true).activation(Activation.RELU).build()
 * }</pre>
 *
 * <p>Source: Ulyanov, Vedaldi and Lempitsky, https://arxiv.org/abs/1607.08022; numbers as PyTorch's
 * InstanceNorm1d/2d/3d, which MDNC (https://github.com/cainmagi/MDNC) calls 'pinst' if affine, else
 * 'inst'.
 *
 * <p>Differs from the source in: affine by default, as in MDNC's layers; no option for running
 * statistics; masked positions are excluded from the statistics and are zero in the output.
 */
public class SameDiffInstanceNorm extends SpecSameDiffLayer<InstanceNormSpec> {

    /** For Jackson. */
    protected SameDiffInstanceNorm() {}

    private SameDiffInstanceNorm(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends InstanceNormBuilder<Builder> {

        @Override
        public SameDiffInstanceNorm build() {
            return new SameDiffInstanceNorm(this);
        }
    }
}
