package org.lamina.harness;

import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weight noise that can be predicted: all parameters are half as large in the first training pass,
 * a quarter in the second, and so on.
 */
public final class HalfAsMuch implements IWeightNoise {

    private static final long serialVersionUID = 1L;

    private final transient Map<String, Double> factors = new HashMap<>();

    @Override
    public INDArray getParameter(
            Layer layer,
            String key,
            int iteration,
            int epoch,
            boolean train,
            LayerWorkspaceMgr workspaceMgr) {
        INDArray value = layer.getParam(key);
        return train ? value.mul(factors.merge(key, 0.5, (a, b) -> a * b)) : value;
    }

    @Override
    public IWeightNoise clone() {
        return new HalfAsMuch();
    }
}
