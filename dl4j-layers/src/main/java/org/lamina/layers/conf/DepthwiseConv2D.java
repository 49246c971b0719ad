package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.lamina.layers.impl.ConvLayer;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.NormOptions;
import org.lamina.spec.NormSpec;

/**
 * Depthwise 2-D convolution with a norm constraint: each input channel is filtered by {@code
 * depthMultiplier} kernels of its own.
 *
 * <pre>
 * y[n, c * M + m, i, j] = b[c * M + m] + sum over u, v of
 *                         W[c * M + m, 0, u, v] * x[n, c, i * s - p + u * d, j * s - p + v * d]
 * </pre>
 *
 * <p>Input {@code [N, nIn, H, W]} (or NHWC), output {@code [N, nIn * M, H', W']} with M the depth
 * multiplier and H', W' from {@link org.lamina.spec.ConvGeometry}. Parameters: {@code W [nIn * M,
 * 1, kH, kW]}, {@code b [nIn * M]} if there is a bias. nOut follows from nIn.
 *
 * <p>Defaults: the network's activation function (sigmoid, if it names none: DL4J's rule), depth
 * multiplier 1, stride 1, padding 'same', dilation 1, no bias, maximum norm 2 over each filter. The
 * constraint holds for the initial weights and after every update; see {@link
 * Builder#constrainOnForward}.
 *
 * <pre>{@code
 * new DepthwiseConv2D.Builder(22, 1).depthMultiplier(2).padding("valid").maxNorm(1.0).build()
 * }</pre>
 *
 * <p>Source: selfEEG 0.2, {@code selfeeg.models.layers.DepthwiseConv2d},
 * https://github.com/MedMaxLab/selfEEG. Where its documentation and its code differ this layer
 * follows the code: padding defaults to 'same' (documented: 0), bias to false (documented: true).
 *
 * <p>Differs from the source in: the weights are constrained after an update instead of before a
 * forward pass (the same weights in every forward pass); a minimum norm without a maximum is an
 * error instead of being ignored.
 */
public class DepthwiseConv2D extends SpecLayer<DepthwiseConvSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected DepthwiseConv2D() {}

    private DepthwiseConv2D(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return ConvLayer.class;
    }

    /** Builder. */
    public static class Builder extends ConvBuilder<Builder, DepthwiseConvSpec>
            implements NormOptions<Builder> {

        private final NormSpec.Builder norm = NormSpec.builder().max(2.0);
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
        public NormSpec.Builder norm() {
            return norm;
        }

        /** NCHW (default) or NHWC; taken from the network's input type if it has one. */
        public Builder dataFormat(CNN2DFormat format) {
            return channelsLast(format == CNN2DFormat.NHWC);
        }

        @Override
        protected DepthwiseConvSpec spec() {
            DepthwiseConvSpec spec =
                    new DepthwiseConvSpec(
                            getNIn(), depthMultiplier, geometry().build(), bias(), norm.build());
            return spec.withOutChannels(getNOut());
        }

        @Override
        @SuppressWarnings("unchecked")
        public DepthwiseConv2D build() {
            return new DepthwiseConv2D(this);
        }
    }
}
