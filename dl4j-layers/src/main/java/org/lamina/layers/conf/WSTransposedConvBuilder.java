package org.lamina.layers.conf;

import org.deeplearning4j.nn.weights.WeightInit;
import org.lamina.spec.WSTransposedConvOptions;
import org.lamina.spec.WSTransposedConvSpec;
import org.lamina.spec.WeightStandardization;

/**
 * Base of the builders of transposed convolutions with standardized weights. Kaiming's normal
 * initialization ({@code WeightInit.RELU}) is the layer's own default: a network's global one does
 * not replace it.
 *
 * @param <T> the builder's own type
 */
abstract class WSTransposedConvBuilder<T extends WSTransposedConvBuilder<T>>
        extends TransposedConvBuilder<T, WSTransposedConvSpec>
        implements WSTransposedConvOptions<T> {

    private final WeightStandardization.Builder standardization =
            WeightStandardization.elektronn3().toBuilder();
    private boolean hasGain = true;
    private boolean perInputChannel;

    WSTransposedConvBuilder(int rank, int... kernel) {
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
    public T perInputChannel(boolean value) {
        this.perInputChannel = value;
        return self();
    }

    @Override
    protected WSTransposedConvSpec spec() {
        return new WSTransposedConvSpec(
                transposedConv(), standardization.build(), perInputChannel, hasGain);
    }
}
