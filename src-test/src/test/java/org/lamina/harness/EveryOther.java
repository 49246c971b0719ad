package org.lamina.harness;

import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Dropout without chance: drops every second value and doubles the others. */
public final class EveryOther implements IDropout {

    private static final long serialVersionUID = 1L;

    /** The array with every second value dropped. */
    public static INDArray applied(INDArray array) {
        return array.mul(factors(array));
    }

    private static INDArray factors(INDArray array) {
        INDArray factors = Nd4j.zeros(array.dataType(), array.shape());
        for (long i = 0; i < array.length(); i += 2) {
            factors.putScalar(i, 2);
        }
        return factors;
    }

    @Override
    public INDArray applyDropout(
            INDArray input,
            INDArray result,
            int iteration,
            int epoch,
            LayerWorkspaceMgr workspaceMgr) {
        return result.assign(applied(input));
    }

    @Override
    public INDArray backprop(
            INDArray gradAtOutput, INDArray gradAtInput, int iteration, int epoch) {
        return gradAtInput.assign(applied(gradAtOutput));
    }

    @Override
    public void clear() {}

    @Override
    public IDropout clone() {
        return new EveryOther();
    }
}
