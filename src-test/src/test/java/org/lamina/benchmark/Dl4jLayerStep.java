package org.lamina.benchmark;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.harness.Nets;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One pass through a DL4J layer in workspaces, as a network in training runs it. */
final class Dl4jLayerStep implements Workload.Step {

    private static final WorkspaceConfiguration WORKSPACE =
            WorkspaceConfiguration.builder()
                    .initialSize(0)
                    .overallocationLimit(0.1)
                    .policyLearning(LearningPolicy.FIRST_LOOP)
                    .policyAllocation(AllocationPolicy.OVERALLOCATE)
                    .policyReset(ResetPolicy.BLOCK_LEFT)
                    .policySpill(SpillPolicy.REALLOCATE)
                    .build();

    private final Layer layer;
    private final INDArray x;
    private final INDArray dy;
    private final boolean backward;
    private final boolean comparable;
    private double fingerprint;
    private boolean first = true;

    Dl4jLayerStep(
            org.deeplearning4j.nn.conf.layers.Layer conf,
            long[] shape,
            boolean backward,
            boolean comparable) {
        MultiLayerNetwork network = Nets.single(conf, Nets.inputType(shape), DataType.FLOAT);
        network.setBackpropGradientsViewArray(
                Nd4j.create(DataType.FLOAT, 1, Math.max(1, network.numParams())));
        this.layer = network.getLayer(0);
        this.x = array("x", shape);
        this.backward = backward;
        this.comparable = comparable;
        if (comparable) {
            layer.paramTable().forEach((name, param) -> param.assign(array(name, param.shape())));
        }
        this.dy = array("dy", network.output(x).shape());
    }

    private static INDArray array(String name, long[] shape) {
        return Nd4j.createFromArray(Values.of(name, shape)).reshape('c', shape);
    }

    @Override
    public void run() {
        LayerWorkspaceMgr memory =
                LayerWorkspaceMgr.builder()
                        .defaultWorkspace("WORKING", WORKSPACE)
                        .with(ArrayType.ACTIVATIONS, "ACTIVATIONS", WORKSPACE)
                        .with(ArrayType.ACTIVATION_GRAD, "ACTIVATIONS", WORKSPACE)
                        .build();
        try (MemoryWorkspace activations = memory.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
            layer.setInput(x, memory);
            try (MemoryWorkspace working = memory.notifyScopeEntered(ArrayType.FF_WORKING_MEM)) {
                INDArray y = layer.activate(backward, memory);
                look(y);
            }
            if (backward) {
                try (MemoryWorkspace working =
                        memory.notifyScopeEntered(ArrayType.BP_WORKING_MEM)) {
                    Pair<Gradient, INDArray> gradients = layer.backpropGradient(dy, memory);
                    look(gradients.getSecond());
                    layer.paramTable()
                            .keySet()
                            .forEach(p -> look(gradients.getFirst().getGradientFor(p)));
                }
            }
            layer.clear();
        }
        first = false;
    }

    /** Adds an output of the first run to the fingerprint. */
    private void look(INDArray array) {
        if (first && comparable) {
            fingerprint += Values.fingerprint(array.dup('c').data().asFloat());
        }
    }

    /** Of the output and, if there are any, of all gradients. */
    @Override
    public double fingerprint() {
        return comparable ? fingerprint : Double.NaN;
    }
}
