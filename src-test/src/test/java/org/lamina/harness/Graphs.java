package org.lamina.harness;

import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/** A vertex of several inputs alone in a graph, and what goes through it. */
public final class Graphs {

    private Graphs() {}

    /**
     * Output and gradients of one training pass.
     *
     * @param gradients by input name
     */
    public record Pass(INDArray output, Map<String, INDArray> gradients) {}

    /** The vertex, named "local", between inputs of these names and the graph's output. */
    public static ComputationGraph single(
            org.deeplearning4j.nn.conf.graph.GraphVertex vertex, DataType type, String... inputs) {
        ComputationGraphConfiguration conf =
                Nets.config(type, new Sgd(1.0))
                        .graphBuilder()
                        .addInputs(inputs)
                        .addVertex("local", vertex, inputs)
                        .setOutputs("local")
                        .build();
        ComputationGraph graph = new ComputationGraph(conf);
        graph.init();
        return graph;
    }

    /** One training pass with this gradient at the output. */
    public static Pass pass(
            ComputationGraph graph, INDArray outputGradient, INDArray mask, INDArray... inputs) {
        if (mask != null) {
            INDArray[] masks = new INDArray[inputs.length];
            masks[0] = mask;
            graph.setLayerMaskArrays(masks, null);
        }
        String last = graph.getConfiguration().getNetworkOutputs().get(0);
        INDArray output = graph.feedForward(inputs, true, false).get(last).dup();
        // What ComputationGraph does, which keeps no gradients of its inputs.
        GraphVertex vertex = graph.getVertex(last);
        vertex.setInputs(inputs);
        vertex.setEpsilon(outputGradient);
        INDArray[] given = vertex.doBackward(false, LayerWorkspaceMgr.noWorkspaces()).getSecond();
        Map<String, INDArray> gradients = new LinkedHashMap<>();
        for (int i = 0; i < given.length; i++) {
            gradients.put(graph.getConfiguration().getNetworkInputs().get(i), given[i]);
        }
        vertex.clear();
        graph.clearLayerMaskArrays();
        return new Pass(output, gradients);
    }
}
