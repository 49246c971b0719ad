package org.lamina.activations;

import org.lamina.onednn.ElementFunction;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.gradient.EluBp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Exponential linear unit: x for x above 0, otherwise {@code alpha * (exp(x) - 1)}.
 *
 * <p>Differs from {@link ActivationELU} in the gradient for an alpha other than 1: DL4J 1.0.0-M2.1
 * computes that of alpha 1. At 0 it is alpha, as in PyTorch.
 */
public final class Elu extends ActivationELU {

    /**
     * The function.
     *
     * @param alpha the negative of the limit for small x
     */
    @JsonCreator
    public Elu(@JsonProperty("alpha") double alpha) {
        super(alpha);
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        return ElementFunction.elu(getAlpha()).apply(in) ? in : super.getActivation(in, training);
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        assertShape(in, epsilon);
        if (!ElementFunction.elu(getAlpha()).backward(in, epsilon, in)) {
            INDArray factor = getAlpha() == 1 ? null : Activations.slopes(in, getAlpha());
            Nd4j.exec(new EluBp(in, epsilon, in)); // with alpha 1; it rounds others to float
            if (factor != null) {
                in.muli(factor);
            }
        }
        return new Pair<>(in, null);
    }
}
