package org.lamina.layers.conf;

import org.deeplearning4j.nn.weights.WeightInit;
import org.lamina.spec.WSConvOptions;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WeightStandardization;

/**
 * Base of the builders of convolutions with standardized weights. Kaiming's normal initialization
 * ({@code WeightInit.RELU}) is the layer's own default: a network's global one does not replace it.
 *
 * @param <T> the builder's own type
 */
abstract class WSConvBuilder<T extends WSConvBuilder<T>> extends GroupedConvBuilder<T, WSConvSpec>
        implements WSConvOptions<T> {

    private final WeightStandardization.Builder standardization =
            WeightStandardization.elektronn3().toBuilder();
    private boolean hasGain = true;

    WSConvBuilder(int rank, int... kernel) {
        super(rank, kernel);
        weightInit(WeightInit.RELU);
    }

    @Override
    public WeightStandardization.Builder standardization() {
        return standardization;
    }

    @Override
    public T hasGain(boolean value) {
        this.hasGain = value;
        return self();
    }

    @Override
    protected WSConvSpec spec() {
        return new WSConvSpec(conv(), standardization.build(), hasGain);
    }
}
