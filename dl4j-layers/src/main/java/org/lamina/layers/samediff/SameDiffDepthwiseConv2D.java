package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.DepthwiseConvBuilder;
import org.lamina.spec.DepthwiseConvSpec;

/**
 * Depthwise 2-D convolution with a norm constraint: each input channel has its own {@code
 * depthMultiplier} filters.
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
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), depth
 * multiplier 1, stride 1, padding 'same', dilation 1, no bias, maximum norm 2 over each filter. The
 * constraint holds for the initial weights and after every update; see {@link
 * Builder#constrainOnForward}.
 *
 * <pre>{@code
 * new SameDiffDepthwiseConv2D.Builder(22, 1).depthMultiplier(2).padding("valid").maxNorm(1.0).build()
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
public class SameDiffDepthwiseConv2D extends SpecSameDiffLayer<DepthwiseConvSpec> {

    /** For Jackson. */
    protected SameDiffDepthwiseConv2D() {}

    private SameDiffDepthwiseConv2D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends DepthwiseConvBuilder<Builder>
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
        public SameDiffDepthwiseConv2D build() {
            return new SameDiffDepthwiseConv2D(this);
        }
    }
}
