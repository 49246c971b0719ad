package org.lamina.spec;

import org.deeplearning4j.nn.weights.IWeightInit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Uniformly distributed initial values in {@code (-bound, bound)}, whatever the fan-in. */
public final class UniformInit implements IWeightInit {

    private static final long serialVersionUID = 1L;

    private final double bound;

    /**
     * Creates the initialization.
     *
     * @param bound greater than 0
     */
    public UniformInit(@JsonProperty("bound") double bound) {
        this.bound = bound;
    }

    @Override
    public INDArray init(
            double fanIn, double fanOut, long[] shape, char order, INDArray paramView) {
        Nd4j.rand(paramView, Nd4j.getDistributions().createUniform(-bound, bound));
        return paramView.reshape(order, shape);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof UniformInit && ((UniformInit) o).bound == bound;
    }

    @Override
    public int hashCode() {
        return Double.hashCode(bound);
    }
}
