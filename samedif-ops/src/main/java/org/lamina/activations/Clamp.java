package org.lamina.activations;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Lower and upper bounds. NaN stays NaN; ND4J's ScalarMax and ScalarMin return the bound for it.
 */
public final class Clamp {

    private Clamp() {}

    /**
     * {@code max(x, bound)}.
     *
     * @param result receives it; may be x
     * @return the result
     */
    public static INDArray atLeast(INDArray x, double bound, INDArray result) {
        return Nd4j.getExecutioner().exec(new RectifiedLinear(x, result, bound));
    }

    /**
     * {@code min(x, bound)}.
     *
     * @param result receives it; may be x
     * @return the result
     */
    public static INDArray atMost(INDArray x, double bound, INDArray result) {
        Nd4j.getExecutioner().exec(new Negative(x, result));
        return atLeast(result, -bound, result).negi();
    }
}
