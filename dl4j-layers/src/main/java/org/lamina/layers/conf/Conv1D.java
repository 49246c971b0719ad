package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.RNNFormat;
import org.lamina.layers.impl.ConvLayer;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.ConvSpec;

/**
 * 1-D convolution.
 *
 * <pre>
 * y[n, o, t] = b[o] + sum over c, u of W[o, c, u] * x[n, c', t * s - p + u * d]
 * </pre>
 *
 * <p>with c' the c-th channel of o's group. With padding 'causal', p = (k - 1) * d all before the
 * input.
 *
 * <p>Input: a time series {@code [N, nIn, T]} (or NWC), output {@code [N, nOut, T']}. Parameters:
 * {@code W [nOut, nIn / groups, k]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid, if it names none: DL4J's rule), stride
 * 1, no padding, dilation 1, one group, bias, zeros as padding.
 *
 * <pre>{@code
 * new Conv1D.Builder(5).nOut(16).padding("causal").dilation(2).build()
 * }</pre>
 *
 * <p>Source: PyTorch 1.13, {@code torch.nn.Conv1d},
 * https://pytorch.org/docs/1.13/generated/torch.nn.Conv1d.html.
 *
 * <p>Differs from the source in: initial weights and biases are the network's, as for any DL4J
 * layer (PyTorch: uniform in 1 / sqrt(fanIn)); padding per side and causal padding.
 */
public class Conv1D extends SpecLayer<ConvSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected Conv1D() {}

    private Conv1D(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return ConvLayer.class;
    }

    /** Builder. */
    public static class Builder extends GroupedConvBuilder<Builder, ConvSpec> {

        /**
         * Starts a layer.
         *
         * @param kernel kernel length
         */
        public Builder(int kernel) {
            super(1, kernel);
        }

        /** NCW (default) or NWC; taken from the network's input type if it has one. */
        public Builder dataFormat(RNNFormat format) {
            return channelsLast(format == RNNFormat.NWC);
        }

        @Override
        protected ConvSpec spec() {
            return conv();
        }

        @Override
        @SuppressWarnings("unchecked")
        public Conv1D build() {
            return new Conv1D(this);
        }
    }
}
