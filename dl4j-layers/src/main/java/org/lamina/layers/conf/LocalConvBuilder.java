package org.lamina.layers.conf;

import java.util.Arrays;
import org.lamina.spec.LocalConvSpec;

/**
 * Base of the builders of local convolutions: no padding, bias, and the size of the input.
 *
 * @param <T> the builder's own type
 */
abstract class LocalConvBuilder<T extends LocalConvBuilder<T>>
        extends ConvBuilder<T, LocalConvSpec> {

    private long[] inputSize = {};

    LocalConvBuilder(int rank, int... kernel) {
        super(true, rank, kernel);
        padding("valid");
    }

    /** Keeps the size of the input; each rank's builder has an option of its own for it. */
    T givenSize(int... size) {
        this.inputSize = size == null ? null : Arrays.stream(size).asLongStream().toArray();
        return self();
    }

    @Override
    protected LocalConvSpec spec() {
        return new LocalConvSpec(
                getNIn(),
                getNOut(),
                inputSize,
                geometry().build(),
                bias(),
                !hasWeightInit(),
                !hasBiasInit());
    }
}
