package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;

/** Max pooling; a NaN in a window is its maximum and receives the gradient. */
class MaxPoolingLayer extends WindowPoolingLayer {

    public MaxPoolingLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    protected INDArray pooled(boolean training, LayerWorkspaceMgr workspaceMgr) {
        INDArray maxima = super.pooled(training, workspaceMgr);
        if (mayHaveNaN()) {
            INDArray given = input;
            input = given.isNaN().castTo(dataType);
            INDArray isNaN = super.pooled(training, LayerWorkspaceMgr.noWorkspaces());
            input = given;
            maxima.addi(isNaN.rsubi(1).rdivi(0)); // 0 / 1 or 0 / 0
        }
        return maxima;
    }

    @Override
    protected Pair<Gradient, INDArray> gradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        if (!mayHaveNaN()) {
            return super.gradient(epsilon, workspaceMgr);
        }
        INDArray given = input;
        input = given.dup('c');
        BooleanIndexing.replaceWhere(input, Double.POSITIVE_INFINITY, Conditions.isNan());
        Pair<Gradient, INDArray> result = super.gradient(epsilon, workspaceMgr);
        input = given;
        return result;
    }

    /** May be true without NaN, as a sum that overflows can be NaN; takes one pass over memory. */
    private boolean mayHaveNaN() {
        return input.dataType().isFPType() && Double.isNaN(input.sumNumber().doubleValue());
    }

    /**
     * Masks with a value that is the maximum only of fully masked windows; finite, as it is
     * multiplied by 0.
     */
    @Override
    protected void mask(INDArray x, INDArray counts) {
        double lowest = x.dataType() == DataType.FLOAT16 ? -65504 : -Float.MAX_VALUE / 2;
        x.addi(counts.castTo(x.dataType()).rsub(1).muli(lowest));
    }
}
