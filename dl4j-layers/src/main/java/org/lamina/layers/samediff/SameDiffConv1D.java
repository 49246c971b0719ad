package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConvBuilder;
import org.lamina.layers.builders.DataFormat1D;
import org.lamina.spec.ConvSpec;

/**
 * 1-D convolution.
 *
 * <pre>
 * y[n, o, t] = b[o] + sum over c, u of W[o, c, u] * x[n, c', t * s - p + u * d]
 * </pre>
 *
 * <p>with c' the c-th channel of o's group. With padding 'causal', p = (k - 1) * d, all before the
 * input.
 *
 * <p>Input: a time series {@code [N, nIn, T]} (or NWC), output {@code [N, nOut, T']}. Parameters:
 * {@code W [nOut, nIn / groups, k]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), stride 1, no
 * padding, dilation 1, one group, bias, padding mode zeros.
 *
 * <pre>{@code
 * new SameDiffConv1D.Builder(5).nOut(16).padding("causal").dilation(2).build()
 * }</pre>
 *
 * <p>Source: PyTorch 1.13, {@code torch.nn.Conv1d},
 * https://pytorch.org/docs/1.13/generated/torch.nn.Conv1d.html.
 *
 * <p>Differs from the source in: weights and biases are initialized as the network specifies
 * (PyTorch: uniform in +-1 / sqrt(fanIn)); padding per side and causal padding.
 */
public class SameDiffConv1D extends SpecSameDiffLayer<ConvSpec> {

    /** For Jackson. */
    protected SameDiffConv1D() {}

    private SameDiffConv1D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvBuilder<Builder> implements DataFormat1D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel length
         */
        public Builder(int kernel) {
            super(1, kernel);
        }

        @Override
        public SameDiffConv1D build() {
            return new SameDiffConv1D(this);
        }
    }
}
