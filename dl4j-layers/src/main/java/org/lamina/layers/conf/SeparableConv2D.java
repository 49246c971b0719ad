package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.lamina.layers.impl.SeparableConvLayer;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.SeparableConvSpec;
import org.lamina.spec.SeparableNormOptions;

/**
 * Separable 2-D convolution: a depthwise convolution followed by a pointwise one, each with a norm
 * constraint of its own if asked for.
 *
 * <p>Input {@code [N, nIn, H, W]} (or NHWC), output {@code [N, nOut, H', W']}. Parameters: {@code
 * dW [nIn * M, 1, kH, kW]}, {@code pW [nOut, nIn * M, 1, 1]} and, with biases, {@code db [nIn *
 * M]}, {@code pb [nOut]}; M is the depth multiplier.
 *
 * <p>Defaults: the network's activation function (sigmoid, if it names none: DL4J's rule), depth
 * multiplier 1, stride 1, padding 'same', dilation 1, no biases, no constraints.
 *
 * <pre>{@code
 * new SeparableConv2D.Builder(1, 16).nOut(16).pointMaxNorm(1.0).build()
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
public class SeparableConv2D extends SpecLayer<SeparableConvSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected SeparableConv2D() {}

    private SeparableConv2D(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return SeparableConvLayer.class;
    }

    /** Builder. */
    public static class Builder extends ConvBuilder<Builder, SeparableConvSpec>
            implements SeparableNormOptions<Builder> {

        private final NormSpec.Builder depthNorm = NormSpec.builder();
        private final NormSpec.Builder pointNorm = NormSpec.builder();
        private int depthMultiplier = 1;

        /**
         * Starts a layer.
         *
         * @param kernel kernel height and width, or one number for both
         */
        public Builder(int... kernel) {
            super(false, 2, kernel);
        }

        /** Filters per input channel, 1 or greater. Default 1. */
        public Builder depthMultiplier(int value) {
            this.depthMultiplier = value;
            return this;
        }

        @Override
        public NormSpec.Builder depthNorm() {
            return depthNorm;
        }

        @Override
        public NormSpec.Builder pointNorm() {
            return pointNorm;
        }

        /** NCHW (default) or NHWC; taken from the network's input type if it has one. */
        public Builder dataFormat(CNN2DFormat format) {
            return channelsLast(format == CNN2DFormat.NHWC);
        }

        @Override
        protected SeparableConvSpec spec() {
            return new SeparableConvSpec(
                    new DepthwiseConvSpec(
                            getNIn(),
                            depthMultiplier,
                            geometry().build(),
                            bias(),
                            depthNorm.build()),
                    getNOut(),
                    bias(),
                    pointNorm.build());
        }

        @Override
        @SuppressWarnings("unchecked")
        public SeparableConv2D build() {
            return new SeparableConv2D(this);
        }
    }
}
