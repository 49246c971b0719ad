package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConstrainedConvBuilder;
import org.lamina.layers.builders.DataFormat1D;
import org.lamina.spec.ConvSpec;

/**
 * 1-D convolution with a norm constraint on its filters, optionally causal.
 *
 * <pre>
 * y[n, o, t] = b[o] + sum over c, u of W[o, c, u] * x[n, c', t * s - p + u * d]
 * </pre>
 *
 * <p>with c' the c-th channel of o's group. Input: a time series {@code [N, nIn, T]} (or NWC),
 * output {@code [N, nOut, T']}. Parameters: {@code W [nOut, nIn / groups, k]}, {@code b [nOut]}.
 * With padding 'causal', p = (k - 1) * d, all before the input: output t sees inputs up to t * s
 * and T' = floor((T - 1) / s) + 1 for every stride.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), stride 1,
 * padding 'same', dilation 1, one group, bias, padding mode zeros, maximum norm 2 over each filter.
 *
 * <pre>{@code
 * new SameDiffConstrainedConv1D.Builder(5).nOut(16).padding("causal").dilation(2).maxNorm(1.0).build()
 * }</pre>
 *
 * <p>Source: selfEEG 0.2, {@code selfeeg.models.layers.ConstrainedConv1d},
 * https://github.com/MedMaxLab/selfEEG; padding defaults to 'same' as in its code (documented: 0).
 *
 * <p>Differs from the source in: causal padding with a stride above 1 gives all outputs (the
 * original drops (k - 1) * d output samples, which is right for stride 1 only, and gives nothing
 * for kernel 1); the weights are constrained after an update instead of before a forward pass (the
 * same weights in every forward pass); a minimum norm without a maximum is an error instead of
 * being ignored.
 */
public class SameDiffConstrainedConv1D extends SpecSameDiffLayer<ConvSpec> {

    /** For Jackson. */
    protected SameDiffConstrainedConv1D() {}

    private SameDiffConstrainedConv1D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConstrainedConvBuilder<Builder>
            implements DataFormat1D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel length
         */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public SameDiffConstrainedConv1D build() {
            return new SameDiffConstrainedConv1D(this);
        }
    }
}
