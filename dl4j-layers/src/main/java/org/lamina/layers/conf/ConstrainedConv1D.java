package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.RNNFormat;
import org.lamina.layers.impl.ConvLayer;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.NormOptions;
import org.lamina.spec.NormSpec;

/**
 * 1-D convolution with a norm constraint on its filters, optionally causal.
 *
 * <pre>
 * y[n, o, t] = b[o] + sum over c, u of W[o, c, u] * x[n, c', t * s - p + u * d]
 * </pre>
 *
 * <p>with c' the c-th channel of o's group. Input: a time series {@code [N, nIn, T]} (or NWC),
 * output {@code [N, nOut, T']}. Parameters: {@code W [nOut, nIn / groups, k]}, {@code b [nOut]}.
 * With padding 'causal', p = (k - 1) * d all before the input: output t sees inputs up to t * s and
 * T' = floor((T - 1) / s) + 1 for every stride.
 *
 * <p>Defaults: the network's activation function (sigmoid, if it names none: DL4J's rule), stride
 * 1, padding 'same', dilation 1, one group, bias, zeros as padding, maximum norm 2 over each
 * filter.
 *
 * <pre>{@code
 * new ConstrainedConv1D.Builder(5).nOut(16).padding("causal").dilation(2).maxNorm(1.0).build()
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
public class ConstrainedConv1D extends SpecLayer<ConvSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected ConstrainedConv1D() {}

    private ConstrainedConv1D(Builder builder) {
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
         * @param kernel kernel length
         */
        public Builder(int kernel) {
            super(true, 1, kernel);
        }

        /** Number of groups; nIn and nOut must be multiples of it. Default 1. */
        public Builder groups(int groups) {
            geometry().groups(groups);
            return this;
        }

        /** NCW (default) or NWC; taken from the network's input type if it has one. */
        public Builder dataFormat(RNNFormat format) {
            return channelsLast(format == RNNFormat.NWC);
        }

        @Override
        public NormSpec.Builder norm() {
            return norm;
        }

        @Override
        protected ConvSpec spec() {
            return new ConvSpec(getNIn(), getNOut(), geometry().build(), bias(), norm.build());
        }

        @Override
        @SuppressWarnings("unchecked")
        public ConstrainedConv1D build() {
            return new ConstrainedConv1D(this);
        }
    }
}
