package org.lamina.samediff.layers;

import java.util.Arrays;
import org.lamina.spec.LocalConvSpec;

/**
 * Base of the builders of local convolutions: no padding, bias, and the size of the input.
 *
 * @param <T> the builder's own type
 */
abstract class SameDiffLocalConvBuilder<T extends SameDiffLocalConvBuilder<T>>
        extends SameDiffConvBuilder<T, LocalConvSpec> {

    private long[] inputSize = {};

    SameDiffLocalConvBuilder(int rank, int... kernel) {
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
                nIn(),
                nOut(),
                inputSize,
                geometry().build(),
                bias(),
                !hasWeightInit(),
                !hasBiasInit());
    }
}
