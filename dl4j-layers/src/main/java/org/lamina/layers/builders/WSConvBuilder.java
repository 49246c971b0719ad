package org.lamina.layers.builders;

import org.deeplearning4j.nn.weights.WeightInit;
import org.lamina.spec.NormSpec;
import org.lamina.spec.StandardizationOptions;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WeightStandardization;

/**
 * Options of a convolution with standardized weights. Kaiming's normal initialization ({@code
 * WeightInit.RELU}) is the layer's default; the network's global initialization does not replace
 * it.
 *
 * @param <T> the builder's own type
 */
public abstract class WSConvBuilder<T extends WSConvBuilder<T>>
        extends GroupedConvBuilder<T, WSConvSpec> implements StandardizationOptions<T> {

    private final WeightStandardization.Builder standardization = StandardizationOptions.defaults();
    private boolean hasGain = true;

    /**
     * Creates a builder.
     *
     * @param rank number of spatial dimensions
     * @param kernel one number per dimension, or one for all
     */
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
