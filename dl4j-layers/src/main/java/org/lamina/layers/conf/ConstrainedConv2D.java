package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.lamina.layers.impl.ConvLayer;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.NormOptions;
import org.lamina.spec.NormSpec;

/**
 * 2-D convolution with a norm constraint on its filters.
 *
 * <pre>
 * y[n, o, i, j] = b[o] + sum over c, u, v of W[o, c, u, v] * x[n, c', i * s - p + u * d, j * s - p + v * d]
 * </pre>
 *
 * <p>with c' the c-th channel of o's group. Input {@code [N, nIn, H, W]} (or NHWC), output {@code
 * [N, nOut, H', W']}. Parameters: {@code W [nOut, nIn / groups, kH, kW]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid, if it names none: DL4J's rule), stride
 * 1, padding 'same', dilation 1, one group, bias, zeros as padding, maximum norm 2 over each
 * filter.
 *
 * <pre>{@code
 * new ConstrainedConv2D.Builder(1, 64).nOut(8).hasBias(false).maxNorm(0.5).build()
 * }</pre>
 *
 * <p>Source: selfEEG 0.2, {@code selfeeg.models.layers.ConstrainedConv2d},
 * https://github.com/MedMaxLab/selfEEG; padding defaults to 'same' as in its code (documented: 0).
 *
 * <p>Differs from the source in: the weights are constrained after an update instead of before a
 * forward pass (the same weights in every forward pass); a minimum norm without a maximum is an
 * error instead of being ignored.
 */
public class ConstrainedConv2D extends SpecLayer<ConvSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected ConstrainedConv2D() {}

    private ConstrainedConv2D(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return ConvLayer.class;
    }

    /** Builder. */
    public static class Builder extends ConvBuilder<Builder, ConvSpec>
            implements NormOptions<Builder> {

        private final NormSpec.Builder norm = NormSpec.builder().max(2.0);

        /**
         * Starts a layer.
         *
         * @param kernel kernel height and width, or one number for both
         */
        public Builder(int... kernel) {
            super(true, 2, kernel);
        }

        /** Number of groups; nIn and nOut must be multiples of it. Default 1. */
        public Builder groups(int groups) {
            geometry().groups(groups);
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
        protected ConvSpec spec() {
            return new ConvSpec(getNIn(), getNOut(), geometry().build(), bias(), norm.build());
        }

        @Override
        @SuppressWarnings("unchecked")
        public ConstrainedConv2D build() {
            return new ConstrainedConv2D(this);
        }
    }
}
