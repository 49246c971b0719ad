package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.RNNFormat;
import org.lamina.layers.impl.SeparableConvLayer;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.SeparableConvSpec;

/**
 * Depthwise separable 1-D convolution: a convolution of each channel on its own, then one with
 * kernel 1 that mixes the channels.
 *
 * <pre>
 * h[c * M + m] = x[c] * dW[c * M + m] + db
 * y[o]         = sum over i of pW[o, i] h[i] + pb
 * </pre>
 *
 * <p>Input {@code [N, nIn, T]} (or NWC), output {@code [N, nOut, T']}. Parameters: {@code dW [nIn *
 * M, 1, k]}, {@code pW [nOut, nIn * M, 1]} and, with biases, {@code db [nIn * M]}, {@code pb
 * [nOut]}; M is the depth multiplier.
 *
 * <p>Defaults: the network's activation function (sigmoid, if it names none: DL4J's rule), depth
 * multiplier 1, stride 1, padding 0, dilation 1, both biases, no constraint.
 *
 * <pre>{@code
 * new DepthwiseSeparableConv1D.Builder(3).nOut(16).padding(1).biasDepthwise(false).build()
 * }</pre>
 *
 * <p>Source: two {@code torch.nn.Conv1d}, the first with as many groups as channels,
 * https://pytorch.org/docs/stable/generated/torch.nn.Conv1d.html; Chollet,
 * https://arxiv.org/abs/1610.02357.
 *
 * <p>Differs from the source in: padding can also be 'same', 'valid' or causal and its content
 * other than zeros. {@link SeparableConv2D} is the one with norm constraints and selfEEG's
 * defaults.
 */
public class DepthwiseSeparableConv1D extends SpecLayer<SeparableConvSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected DepthwiseSeparableConv1D() {}

    private DepthwiseSeparableConv1D(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return SeparableConvLayer.class;
    }

    /** Builder. */
    public static class Builder extends DepthwiseSeparableBuilder<Builder> {

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
        @SuppressWarnings("unchecked")
        public DepthwiseSeparableConv1D build() {
            return new DepthwiseSeparableConv1D(this);
        }
    }
}
