package org.lamina.benchmark;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;

/** EEGNet-8,2 in PyTorch, with Adam. */
final class TorchEegNet implements Workload.Step {

    private static final int FILTERS = 8;
    private static final int DEPTH = 2;
    private static final int WIDTH = FILTERS * DEPTH;
    private static final float EPS = 1e-3f;
    private static final float MOMENTUM = 0.99f; // DJL: share of the old statistics

    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final Map<String, NDArray> params = new LinkedHashMap<>();
    private final Map<String, NDArray> statistics = new LinkedHashMap<>();
    private final Optimizer adam =
            Optimizer.adam().optLearningRateTracker(Tracker.fixed(1e-3f)).build();
    private final SoftmaxCrossEntropyLoss loss = Loss.softmaxCrossEntropyLoss();
    private final NDArray x;
    private final NDArray y;
    private final boolean training;
    private final ConvGeometry spatial;

    TorchEegNet(long[] shape, int classes, boolean training) {
        this.training = training;
        this.x = array("x", shape);
        this.spatial =
                ConvGeometry.ofKernel((int) shape[2], 1)
                        .withPadding(Padding.valid())
                        .withGroups(FILTERS);
        float[] labels = new float[(int) shape[0]];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % classes;
        }
        this.y = manager.create(labels).toType(DataType.INT64, false);
        param("temporal", FILTERS, 1, 1, 64);
        param("spatial", WIDTH, 1, shape[2], 1);
        param("depthwise", WIDTH, 1, 1, 16);
        param("pointwise", WIDTH, WIDTH, 1, 1);
        param("dense", WIDTH * (shape[3] / 32), classes);
        param("bias", classes);
        norm("norm1", FILTERS);
        norm("norm2", WIDTH);
        norm("norm3", WIDTH);
        step(); // outside a scope: Adam makes its state in the first step, and it stays
    }

    private NDArray array(String name, long... shape) {
        return manager.create(Values.of(name, shape), new Shape(shape));
    }

    private void param(String name, long... shape) {
        NDArray array = array(name, shape);
        array.setRequiresGradient(training);
        params.put(name, array);
    }

    private void norm(String name, long channels) {
        param(name + ".gamma", channels);
        param(name + ".beta", channels);
        statistics.put(name + ".mean", manager.zeros(new Shape(channels)));
        statistics.put(name + ".var", manager.ones(new Shape(channels)));
    }

    private static ConvGeometry same(int width) {
        return ConvGeometry.ofKernel(1, width).withPadding(Padding.same());
    }

    private NDArray conv(NDArray input, String name, ConvGeometry geometry) {
        return TorchOps.conv(input, params.get(name), null, geometry);
    }

    private NDArray norm(NDArray input, String name) {
        return BatchNorm.batchNorm(
                        input,
                        statistics.get(name + ".mean"),
                        statistics.get(name + ".var"),
                        params.get(name + ".gamma"),
                        params.get(name + ".beta"),
                        1,
                        MOMENTUM,
                        EPS,
                        training)
                .singletonOrThrow();
    }

    private NDArray pool(NDArray input, int size) {
        Shape window = new Shape(1, size);
        NDArray mean = Pool.avgPool2d(input, window, window, new Shape(0, 0), false, true);
        return training ? Dropout.dropout(mean, 0.5f, true).singletonOrThrow() : mean;
    }

    private NDArray logits() {
        NDArray h = norm(conv(x, "temporal", same(64)), "norm1");
        h = Activation.elu(norm(conv(h, "spatial", spatial), "norm2"), 1);
        h = pool(h, 4);
        h = conv(h, "depthwise", same(16).withGroups(WIDTH));
        h = conv(h, "pointwise", ConvGeometry.ofKernel(1, 1));
        h = pool(Activation.elu(norm(h, "norm3"), 1), 8);
        return h.reshape(h.getShape().get(0), -1)
                .matMul(params.get("dense"))
                .add(params.get("bias"));
    }

    @Override
    public void run() {
        try (NDScope scope = new NDScope()) {
            step();
        }
    }

    private void step() {
        if (!training) {
            logits().softmax(-1);
            return;
        }
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            collector.backward(loss.evaluate(new NDList(y), new NDList(logits())));
        }
        params.forEach((name, param) -> adam.update(name, param, param.getGradient()));
    }
}
