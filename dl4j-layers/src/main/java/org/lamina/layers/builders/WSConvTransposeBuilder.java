package org.lamina.layers.builders;

import org.deeplearning4j.nn.weights.WeightInit;
import org.lamina.spec.StandardizationOptions;
import org.lamina.spec.WSConvTransposeSpec;
import org.lamina.spec.WeightStandardization;

/**
 * Options of a transposed convolution with standardized weights. Kaiming's normal initialization
 * ({@code WeightInit.RELU}) is the layer's default; the network's global initialization does not
 * replace it.
 *
 * @param <T> the builder's own type
 */
public abstract class WSConvTransposeBuilder<T extends WSConvTransposeBuilder<T>>
        extends BaseConvTransposeBuilder<T, WSConvTransposeSpec>
        implements StandardizationOptions<T> {

    private final WeightStandardization.Builder standardization = StandardizationOptions.defaults();
    private boolean hasGain = true;
    private boolean perInputChannel;

    /**
     * Creates a builder.
     *
     * @param rank number of spatial dimensions
     * @param kernel one number per dimension, or one for all
     */
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
