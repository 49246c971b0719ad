package org.lamina.layers.conf;

import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.StageLayer;
import org.lamina.spec.PReLUSpec;

/**
 * A rectifier with a learned slope for negative values, one for each channel.
 *
 * <pre>
 * y = max(x, 0) + slope[c] * min(x, 0),  dy/dx = 1 where x &gt; 0, else slope[c]
 * </pre>
 *
 * <p>Input and output {@code [N, C]}, {@code [N, C, T]}, {@code [N, C, H, W]} or {@code [N, C, D,
 * H, W]}, or with channels last. Parameter: {@code slope [C]}; weight decay leaves it alone, as the
 * source advises.
 *
 * <p>Defaults: initial slope 0.25, no further activation function.
 *
 * <pre>{@code
 * new PReLU.Builder().initialSlope(0.1).build()
 * }</pre>
 *
 * <p>Source: He, Zhang, Ren and Sun, https://arxiv.org/abs/1502.01852; numbers as PyTorch's PReLU
 * with one parameter for each channel.
 *
 * <p>Differs from DL4J's PReLULayer in: a slope for each channel, not for each element; dy/dx at 0
 * is the slope, as in PyTorch; and it is fast.
 */
public class PReLU extends SpecLayer<PReLUSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected PReLU() {}

    private PReLU(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return StageLayer.class;
    }

    /** Builder. */
    public static class Builder extends ChannelwiseBuilder<Builder, PReLUSpec> {

        private double initialSlope = PReLUSpec.DEFAULT_SLOPE;

        /** Initial slope of all channels. Default 0.25. */
        public Builder initialSlope(double value) {
            this.initialSlope = value;
            return this;
        }

        @Override
        protected PReLUSpec spec() {
            return new PReLUSpec(channels(), initialSlope);
        }

        @Override
        @SuppressWarnings("unchecked")
        public PReLU build() {
            return new PReLU(this);
        }
    }
}
