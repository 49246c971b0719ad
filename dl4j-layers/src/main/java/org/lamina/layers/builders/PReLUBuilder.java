package org.lamina.layers.builders;

import org.lamina.spec.PReLUSpec;

/**
 * A rectifier (ReLU) with a learned slope for negative values, one for each channel.
 *
 * <pre>
 * y = max(x, 0) + slope[c] * min(x, 0),  dy/dx = 1 where x &gt; 0, else slope[c]
 * </pre>
 *
 * <p>Input and output {@code [N, C]}, {@code [N, C, T]}, {@code [N, C, H, W]} or {@code [N, C, D,
 * H, W]}, or with channels last. Parameter: {@code slope [C]}; weight decay is not applied to it,
 * as the source advises.
 *
 * <p>Defaults: initial slope 0.25, no further activation function.
 *
 * <p>Source: He, Zhang, Ren and Sun, https://arxiv.org/abs/1502.01852; numbers as PyTorch's PReLU
 * with one parameter for each channel.
 *
 * <p>Differs from DL4J's PReLULayer in: a slope for each channel, not for each element; dy/dx at 0
 * is the slope, as in PyTorch; it is faster.
 *
 * @param <T> the builder's own type
 */
public abstract class PReLUBuilder<T extends PReLUBuilder<T>>
        extends ChannelwiseBuilder<T, PReLUSpec> {

    private double initialSlope = PReLUSpec.DEFAULT_SLOPE;

    /** Initial slope of all channels. Default 0.25. */
    public T initialSlope(double value) {
        this.initialSlope = value;
        return self();
    }

    @Override
    protected PReLUSpec spec() {
        return new PReLUSpec(channels(), initialSlope);
    }
}
