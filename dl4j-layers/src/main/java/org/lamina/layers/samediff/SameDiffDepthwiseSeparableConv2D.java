package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.DepthwiseSeparableConvBuilder;
import org.lamina.spec.SeparableConvSpec;

/**
 * Depthwise separable 2-D convolution: a convolution of each channel separately, then one with
 * kernel size 1 that mixes the channels.
 *
 * <pre>
 * h[c * M + m] = x[c] * dW[c * M + m] + db
 * y[o]         = sum over i of pW[o, i] h[i] + pb
 * </pre>
 *
 * <p>Input {@code [N, nIn, H, W]} (or NHWC), output {@code [N, nOut, H', W']}. Parameters: {@code
 * dW [nIn * M, 1, kH, kW]}, {@code pW [nOut, nIn * M, 1, 1]} and, with biases, {@code db [nIn *
 * M]}, {@code pb [nOut]}; M is the depth multiplier.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), depth
 * multiplier 1, stride 1, padding 0, dilation 1, both biases, no constraint.
 *
 * <pre>{@code
 * new SameDiffDepthwiseSeparableConv2D.Builder(3, 3).nOut(16).padding(1).biasDepthwise(false).build()
 * }</pre>
 *
 * <p>Source: two {@code torch.nn.Conv2d}, the first with as many groups as channels,
 * https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html; Chollet,
 * https://arxiv.org/abs/1610.02357.
 *
 * <p>Differs from the source in: padding can also be 'same' or 'valid', in any padding mode. {@link
 * SameDiffSeparableConv2D} has norm constraints and selfEEG's defaults.
 */
public class SameDiffDepthwiseSeparableConv2D extends SpecSameDiffLayer<SeparableConvSpec> {

    /** For Jackson. */
    protected SameDiffDepthwiseSeparableConv2D() {}

    private SameDiffDepthwiseSeparableConv2D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends DepthwiseSeparableConvBuilder<Builder>
            implements DataFormat2D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel height and width, or one number for both
         */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public SameDiffDepthwiseSeparableConv2D build() {
            return new SameDiffDepthwiseSeparableConv2D(this);
        }
    }
}
