package org.lamina.benchmark;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.ParamSpec;

/** One pass through a layer in PyTorch, with autograd. */
final class TorchStep implements Workload.Step {

    private final LayerWorkload.TorchLayer layer;
    private final boolean backward;
    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final Map<String, NDArray> params = new LinkedHashMap<>();
    private final NDArray x;
    private final NDArray dy;
    private double fingerprint;

    TorchStep(LayerWorkload.TorchLayer layer, LayerSpec spec, long[] shape, boolean backward) {
        this.layer = layer;
        this.backward = backward;
        this.x = array("x", shape);
        for (ParamSpec param : spec.params()) {
            NDArray array = array(param.name(), param.shape());
            array.setRequiresGradient(backward && param.role().trained());
            params.put(param.name(), array);
        }
        x.setRequiresGradient(backward);
        long[] outputShape;
        try (NDScope scope = new NDScope()) {
            NDArray y = layer.apply(x, params);
            fingerprint = Values.fingerprint(y.toFloatArray());
            outputShape = y.getShape().getShape();
        }
        dy = array("dy", outputShape);
    }

    private NDArray array(String name, long[] shape) {
        return manager.create(Values.of(name, shape), new Shape(shape));
    }

    @Override
    public void run() {
        try (NDScope scope = new NDScope()) {
            if (!backward) {
                layer.apply(x, params);
                return;
            }
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                collector.backward(layer.apply(x, params).mul(dy).sum());
            }
        }
    }

    @Override
    public double fingerprint() {
        return fingerprint;
    }
}
