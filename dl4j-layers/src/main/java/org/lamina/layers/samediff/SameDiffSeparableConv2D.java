package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.SeparableConvBuilder;
import org.lamina.spec.SeparableConvSpec;

/**
 * Separable 2-D convolution: a depthwise convolution followed by a pointwise one, each with an
 * optional norm constraint.
 *
 * <p>Input {@code [N, nIn, H, W]} (or NHWC), output {@code [N, nOut, H', W']}. Parameters: {@code
 * dW [nIn * M, 1, kH, kW]}, {@code pW [nOut, nIn * M, 1, 1]} and, with biases, {@code db [nIn *
 * M]}, {@code pb [nOut]}; M is the depth multiplier.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), depth
 * multiplier 1, stride 1, padding 'same', dilation 1, no biases, no constraints.
 *
 * <pre>{@code
 * new SameDiffSeparableConv2D.Builder(1, 16).nOut(16).pointMaxNorm(1.0).build()
 * }</pre>
 *
 * <p>Source: selfEEG 0.2, {@code selfeeg.models.layers.SeparableConv2d},
 * https://github.com/MedMaxLab/selfEEG. Where its documentation and its code differ this layer
 * follows the code: padding defaults to 'same' (documented: 0), bias to false (documented: true),
 * the norm axes to [1, 2, 3] (documented: 1).
 *
 * <p>Differs from the source in: the weights are constrained after an update instead of before a
 * forward pass (the same weights in every forward pass); a minimum norm without a maximum is an
 * error instead of being ignored.
 */
public class SameDiffSeparableConv2D extends SpecSameDiffLayer<SeparableConvSpec> {

    /** For Jackson. */
    protected SameDiffSeparableConv2D() {}

    private SameDiffSeparableConv2D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SeparableConvBuilder<Builder>
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
        public SameDiffSeparableConv2D build() {
            return new SameDiffSeparableConv2D(this);
        }
    }
}
