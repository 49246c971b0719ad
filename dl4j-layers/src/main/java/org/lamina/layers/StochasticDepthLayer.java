package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.arrays.Views;
import org.lamina.spec.StochasticDepthSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Drops whole examples at random in training. */
class StochasticDepthLayer extends SpecLayerImpl<StochasticDepth> {

    private static final long serialVersionUID = 1L;

    /** Determines the factors of the last training pass, which the backward pass uses again. */
    private long passSeed;

    /** Creates a layer without parameters. */
    public StochasticDepthLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    private StochasticDepthSpec spec() {
        return layerConf().getSpec();
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        if (training) {
            passSeed = spec().passSeed(iterationCount, Nd4j.getRandom()::nextLong);
        }
        return super.activate(training, workspaceMgr);
    }

    @Override
    protected long[] outputShape(long[] input) {
        return input;
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        scale(x, training, z);
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        if (dx != null) {
            scale(dz, training, dx);
        }
    }

    /** Assigns 0 instead of multiplying by it, so that infinite values are dropped too. */
    private void scale(INDArray from, boolean training, INDArray to) {
        to.assign(from);
        if (!training) {
            return;
        }
        double[] factors = spec().factors(passSeed, from.size(0));
        for (int n = 0; n < factors.length; n++) {
            if (factors[n] == 0) {
                Views.at(to, n).assign(0);
            }
        }
        if (spec().keptFactor() != 1) {
            to.muli(spec().keptFactor());
        }
    }
}
