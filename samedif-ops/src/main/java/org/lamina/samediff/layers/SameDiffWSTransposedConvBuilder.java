package org.lamina.samediff.layers;

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
abstract class SameDiffWSTransposedConvBuilder<T extends SameDiffWSTransposedConvBuilder<T>>
        extends SameDiffGroupedConvBuilder<T, WSTransposedConvSpec>
        implements WSTransposedConvOptions<T> {

    private final WeightStandardization.Builder standardization =
            WeightStandardization.elektronn3().toBuilder();
    private final WSTransposedConvSpec.Builder transposed = new WSTransposedConvSpec.Builder();

    SameDiffWSTransposedConvBuilder(int rank, int... kernel) {
        super(rank, kernel);
        weightInit(WeightInit.RELU);
    }

    @Override
    public WeightStandardization.Builder standardization() {
        return standardization;
    }

    @Override
    public WSTransposedConvSpec.Builder transposed() {
        return transposed;
    }

    @Override
    protected WSTransposedConvSpec spec() {
        return transposed.build(nIn(), nOut(), geometry().build(), bias(), standardization.build());
    }
}
