package org.lamina.zoo.network;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The vertices of a network, each after its inputs; a MultiLayerNetwork is a chain of layers with
 * the input "input".
 *
 * @param inputs names of the inputs
 * @param outputs names of the vertices that are outputs
 * @param dataType of the network's arrays
 */
public record NetworkGraph(
        List<String> inputs, List<String> outputs, List<Vertex> vertices, DataType dataType) {

    /**
     * A vertex.
     *
     * @param inputs names of its inputs, vertices or inputs of the network
     * @param params its parameters by name, the network's own arrays; empty if it has none
     */
    public record Vertex(
            String name, GraphVertex conf, List<String> inputs, Map<String, INDArray> params) {

        /** A vertex; {@code params} may be null. */
        public Vertex {
            params = params == null ? Map.of() : params;
        }
    }

    /**
     * The vertices of a network.
     *
     * @param network a MultiLayerNetwork or ComputationGraph, initialized
     * @throws IllegalArgumentException if it is neither
     */
    public static NetworkGraph of(Model network) {
        Networks.checkKind("", network);
        return network instanceof ComputationGraph graph
                ? of(graph)
                : of((MultiLayerNetwork) network);
    }

    private static NetworkGraph of(MultiLayerNetwork network) {
        MultiLayerConfiguration conf = network.getLayerWiseConfigurations();
        List<Vertex> vertices = new ArrayList<>();
        String last = "input";
        Set<String> names = new HashSet<>(Set.of(last));
        for (int i = 0; i < network.getnLayers(); i++) {
            // Not the layer's own configuration: a wrapper's implementation returns the wrapped
            // one's.
            LayerVertex vertex = new LayerVertex(conf.getConf(i), conf.getInputPreProcess(i));
            // Lists of layers may have layers without a name, or two of one name.
            String given = conf.getConf(i).getLayer().getLayerName();
            String name = given != null && names.add(given) ? given : "layer" + i;
            vertices.add(new Vertex(name, vertex, List.of(last), network.getLayer(i).paramTable()));
            last = name;
        }
        return new NetworkGraph(List.of("input"), List.of(last), vertices, conf.getDataType());
    }

    private static NetworkGraph of(ComputationGraph network) {
        ComputationGraphConfiguration conf = network.getConfiguration();
        List<Vertex> vertices = new ArrayList<>();
        for (int index : network.topologicalSortOrder()) {
            String name = network.getVertices()[index].getVertexName();
            if (!conf.getNetworkInputs().contains(name)) {
                vertices.add(
                        new Vertex(
                                name,
                                conf.getVertices().get(name),
                                conf.getVertexInputs().get(name),
                                network.getVertex(name).paramTable(false)));
            }
        }
        return new NetworkGraph(
                conf.getNetworkInputs(), conf.getNetworkOutputs(), vertices, conf.getDataType());
    }

    /** How often a value is used: by vertices, and as an output. */
    public int uses(String name) {
        long reads =
                vertices.stream()
                        .flatMap(vertex -> vertex.inputs().stream())
                        .filter(name::equals)
                        .count();
        return (int) reads + (outputs.contains(name) ? 1 : 0);
    }
}
