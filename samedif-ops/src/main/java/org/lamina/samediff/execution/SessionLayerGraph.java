package org.lamina.samediff.execution;

import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.layers.samediff.DL4JSameDiffMemoryMgr;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.autodiff.samediff.internal.InferenceSession;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer's graph run by SameDiff's own session, which runs any op. */
final class SessionLayerGraph implements LayerGraph {

    private final GraphDefinition definition;

    SessionLayerGraph(GraphDefinition definition) {
        this.definition = definition;
    }

    @Override
    public INDArray output(Map<String, INDArray> inputs, boolean keep, LayerWorkspaceMgr memory) {
        SameDiff graph = definition.sameDiff();
        Map<String, INDArray> placeholders = bound(graph, inputs);
        session(graph, memory, ArrayType.FF_WORKING_MEM, ArrayType.ACTIVATIONS);
        INDArray output = graph.output(placeholders, definition.output()).get(definition.output());
        // The graph's last op may return a view of an array that it does not own.
        output = memory.leverageTo(ArrayType.ACTIVATIONS, output);
        release();
        return output;
    }

    @Override
    public Gradients gradients(
            Map<String, INDArray> inputs,
            INDArray outputGradient,
            boolean afterOutput,
            LayerWorkspaceMgr memory,
            Map<String, INDArray> targets) {
        SameDiff graph = definition.sameDiff();
        bound(definition.gradientGraph(), inputs);
        Map<String, INDArray> placeholders = bound(graph, inputs);
        placeholders.put(GraphDefinition.OUTPUT_GRADIENT, outputGradient);
        session(
                definition.gradientGraph(),
                memory,
                ArrayType.BP_WORKING_MEM,
                ArrayType.ACTIVATION_GRAD);
        OutAndGrad result =
                graph.calculateGradientsAndOutputs(
                        placeholders, definition.extras(), definition.differentiated());
        Map<String, INDArray> gradients = new HashMap<>(result.getGradients());
        gradients.replaceAll(
                (name, value) ->
                        definition.isInput(name)
                                ? memory.dup(ArrayType.ACTIVATION_GRAD, value)
                                : value);
        release();
        return new Gradients(gradients, result.getOutputs());
    }

    /** Assigns the variables' arrays to the graph; returns the other inputs. */
    private static Map<String, INDArray> bound(SameDiff graph, Map<String, INDArray> inputs) {
        Map<String, INDArray> placeholders = new HashMap<>();
        inputs.forEach(
                (name, array) -> {
                    SDVariable variable = graph.getVariable(name);
                    if (variable.getVariableType() == VariableType.VARIABLE) {
                        graph.associateArrayWithVariable(array, variable);
                    } else {
                        placeholders.put(name, array);
                    }
                });
        return placeholders;
    }

    /** Lets a graph allocate in DL4J's workspaces. */
    private static void session(
            SameDiff graph, LayerWorkspaceMgr memory, ArrayType working, ArrayType output) {
        InferenceSession session =
                graph.getSessions()
                        .computeIfAbsent(
                                Thread.currentThread().getId(),
                                thread -> SameDiff.getInferenceFactory().create(graph));
        session.setMmgr(
                new DL4JSameDiffMemoryMgr(
                        memory.getWorkspaceName(working),
                        memory.getWorkspaceName(output),
                        memory.getConfiguration(working),
                        memory.getConfiguration(output)));
    }

    /** Prevents the graph from keeping arrays of a workspace that closes. */
    private void release() {
        definition.sameDiff().clearPlaceholders(true);
        definition.sameDiff().clearOpInputs();
    }

    @Override
    public void clear() {}
}
