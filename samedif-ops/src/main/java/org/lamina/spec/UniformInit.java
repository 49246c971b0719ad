package org.lamina.spec;

import org.deeplearning4j.nn.weights.IWeightInit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Uniformly distributed initial values in {@code (-bound, bound)}, regardless of fan-in.
 *
 * @param bound greater than 0
 */
record UniformInit(double bound) implements IWeightInit {

    @Override
    public INDArray init(
            double fanIn, double fanOut, long[] shape, char order, INDArray paramView) {
        Nd4j.rand(paramView, Nd4j.getDistributions().createUniform(-bound, bound));
        return paramView.reshape(order, shape);
    }
}
