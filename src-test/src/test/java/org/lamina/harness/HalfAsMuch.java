package org.lamina.harness;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Weight noise without chance: half of every parameter, in training. */
public final class HalfAsMuch implements IWeightNoise {

    private static final long serialVersionUID = 1L;

    @Override
    public INDArray getParameter(
            Layer layer,
            String key,
            int iteration,
            int epoch,
            boolean train,
            LayerWorkspaceMgr workspaceMgr) {
        INDArray value = layer.getParam(key);
        return train ? value.mul(0.5).detach() : value;
    }

    @Override
    public IWeightNoise clone() {
        return new HalfAsMuch();
    }
}
