package org.lamina.layers.builders;

import org.deeplearning4j.nn.weights.WeightInit;
import org.lamina.spec.StandardizationOptions;
import org.lamina.spec.WSConvTransposeSpec;
import org.lamina.spec.WeightStandardization;

/**
 * Transposed convolution in one, two or three dimensions with standardized weights and a learned
 * gain: that of {@link ConvTransposeBuilder} with W' in place of W.
 *
 * <pre>
 * W'[o] = gain[o] * (W[o] - mean(W[o])) / sqrt(max(var(W[o]) * fanIn, eps))
 * </pre>
 *
 * <p>W[o] are the weights of output channel o. With {@code perInputChannel(true)} mean and variance
 * are those of each input channel's weights, W[c], and so is the gain. {@link
 * WeightStandardization} provides the other published formulas; gradients flow through mean and
 * variance, but not through a variance below eps. Parameters: {@code W}, {@code b} and, with a
 * gain, {@code gain [nOut]} or, per input channel, {@code gain [nIn]}.
 *
 * <p>Defaults: as in {@link ConvTransposeBuilder}; elektronn3's formula (unbiased variance, fan-in
 * over all weights) with eps 1e-4 for each output channel. Weights use Kaiming's normal
 * initialization ({@code WeightInit.RELU}, fan-in nOut / groups * kernel as in PyTorch) unless
 * {@code weightInit} is set; the network's global one is not applied.
 *
 * <p>Source: elektronn3, {@code elektronn3.modules.wsconv.WSConvTranspose2d} and {@code
 * WSConvTranspose3d}, https://github.com/ELEKTRONN/elektronn3.
 *
 * <p>Differs from the source in: the standardized weight is used (the original convolves with the
 * raw one); the weights of an output channel are standardized unless {@code perInputChannel} is
 * set; there is a 1-D form, and the 3-D form works (the original calls the 2-D function); biases
 * start at the network's bias init (0) instead of uniform random numbers; eps and the exact output
 * size are options of the layer instead of the forward pass.
 *
 * @param <T> the builder's own type
 */
public abstract class WSConvTransposeBuilder<T extends WSConvTransposeBuilder<T>>
        extends BaseConvTransposeBuilder<T, WSConvTransposeSpec>
        implements StandardizationOptions<T> {

    private final WeightStandardization.Builder standardization = StandardizationOptions.defaults();
    private boolean hasGain = true;
    private boolean perInputChannel;

    /** A kernel of {@code rank} dimensions: one number per dimension, or one for all. */
    protected WSConvTransposeBuilder(int rank, int... kernel) {
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

    /**
     * Whether the weights of each input channel are standardized, as in elektronn3, with one gain
     * per input channel, instead of those of each output channel. Default false.
     */
    public T perInputChannel(boolean value) {
        this.perInputChannel = value;
        return self();
    }

    @Override
    protected WSConvTransposeSpec spec() {
        return new WSConvTransposeSpec(
                transposedConv(), standardization.build(), perInputChannel, hasGain);
    }
}
