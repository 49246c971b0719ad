package org.lamina.layers.builders;

import java.util.Arrays;
import org.lamina.spec.LocalConvSpec;

/**
 * Options of a convolution with separate filters at every output position. No padding by default.
 *
 * @param <T> the builder's own type
 */
public abstract class LocalConvBuilder<T extends LocalConvBuilder<T>>
        extends BaseConvBuilder<T, LocalConvSpec> {

    private long[] inputSize = {};

    /**
     * Creates a builder.
     *
     * @param rank number of spatial dimensions
     * @param kernel one number per dimension, or one for all
     */
    protected LocalConvBuilder(int rank, int... kernel) {
        super(true, rank, kernel);
        padding("valid");
    }

    /**
     * Spatial size of the input, one number per dimension. Default: from the network's input type;
     * the two must agree.
     */
    public T inputSize(int... size) {
        this.inputSize = size == null ? null : Arrays.stream(size).asLongStream().toArray();
        return self();
    }

    /** Length of the input of a layer with one spatial dimension. */
    public T inputSize(int size) {
        return inputSize(new int[] {size});
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
