package org.lamina.layers.builders;

import org.deeplearning4j.nn.weights.WeightInit;
import org.lamina.spec.NormSpec;
import org.lamina.spec.StandardizationOptions;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WeightStandardization;

/**
 * Convolution in one, two or three dimensions with standardized weights and a learned gain: that of
 * {@link ConvBuilder} with W' in place of W.
 *
 * <pre>
 * W'[o] = gain[o] * (W[o] - mean(W[o])) / sqrt(max(var(W[o]) * fanIn, eps))
 * </pre>
 *
 * <p>with mean and variance of the weights of one output channel. {@link WeightStandardization}
 * provides the other published formulas; gradients flow through mean and variance, but not through
 * a variance below eps. Parameters: {@code W}, {@code b} and, with a gain, {@code gain [nOut]}.
 *
 * <p>Defaults: as in {@link ConvBuilder}; elektronn3's formula (unbiased variance, fan-in over all
 * weights) with eps 1e-4. Weights use Kaiming's normal initialization ({@code WeightInit.RELU})
 * unless {@code weightInit} is set; the network's global one is not applied.
 *
 * <p>Source: elektronn3, {@code elektronn3.modules.wsconv.WSConv1d}, {@code WSConv2d} and {@code
 * WSConv3d}, https://github.com/ELEKTRONN/elektronn3.
 *
 * <p>Differs from the source in: the padding mode is applied (the original always pads with zeros);
 * padding per side and causal padding; biases start at the network's bias init (0) instead of
 * uniform random numbers; eps is an option of the layer instead of the forward pass.
 *
 * @param <T> the builder's own type
 */
public abstract class WSConvBuilder<T extends WSConvBuilder<T>>
        extends GroupedConvBuilder<T, WSConvSpec> implements StandardizationOptions<T> {

    private final WeightStandardization.Builder standardization = StandardizationOptions.defaults();
    private boolean hasGain = true;

    /** A kernel of {@code rank} dimensions: one number per dimension, or one for all. */
    protected WSConvBuilder(int rank, int... kernel) {
        super(rank, kernel);
        weightInit(WeightInit.RELU);
    }

    @Override
    public WeightStandardization.Builder standardization() {
        return standardization;
    }

    /** Whether standardized weights are multiplied by a learned gain. Default true. */
    public T hasGain(boolean value) {
        this.hasGain = value;
        return self();
    }

    @Override
    protected WSConvSpec spec() {
        return new WSConvSpec(conv(NormSpec.none()), standardization.build(), hasGain);
    }
}
