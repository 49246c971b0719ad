package org.lamina.zoo.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.network.NetworkGraph;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/** The vertices of the network to be, each after those that it reads. */
final class NetworkAssembly {

    /** A layer or another vertex. */
    static final class Vertex {
        final String name;
        final List<String> inputs;

        /** Null for other vertices. */
        Layer layer;

        /** Null for layers. */
        GraphVertex other;

        /** Before the layer, or null. */
        InputPreProcessor shaping;

        final Map<String, INDArray> params = new LinkedHashMap<>();

        Vertex(String name, List<String> inputs) {
            this.name = name;
            this.inputs = inputs;
        }
    }

    private final Map<String, InputType> inputs = new LinkedHashMap<>();
    private final Map<String, Vertex> vertices = new LinkedHashMap<>();

    void input(String name, InputType type) {
        inputs.put(name, type);
    }

    Vertex layer(String name, Layer layer, InputPreProcessor shaping, String input) {
        Vertex vertex = add(name, List.of(input));
        layer.setLayerName(name);
        vertex.layer = layer;
        vertex.shaping = shaping;
        return vertex;
    }

    Vertex other(String name, GraphVertex other, List<String> from) {
        Vertex vertex = add(name, from);
        vertex.other = other;
        return vertex;
    }

    private Vertex add(String name, List<String> from) {
        Vertex vertex = new Vertex(name, from);
        if (inputs.containsKey(name) || vertices.putIfAbsent(name, vertex) != null) {
            throw new WeightsException("there are two layers \"" + name + "\"");
        }
        return vertex;
    }

    /** What brings an input of a vertex that is no layer into shape. */
    String shaped(String name, Rearrangement shaping, String input) {
        return other(name, new PreprocessorVertex(shaping), List.of(input)).name;
    }

    /** The vertex of this name; null for an input. */
    Vertex vertex(String name) {
        return vertices.get(name);
    }

    /**
     * The network with its parameters: a MultiLayerNetwork if it is a chain of layers, else a
     * ComputationGraph.
     */
    Model network(List<String> outputs, IUpdater updater) {
        NeuralNetConfiguration.Builder configuration =
                new NeuralNetConfiguration.Builder()
                        .updater(updater)
                        .activation(Activation.IDENTITY)
                        .dataType(dataType());
        Model network = isChain(outputs) ? chain(configuration) : graph(configuration, outputs);
        network.init();
        for (NetworkGraph.Vertex vertex : NetworkGraph.of(network).vertices()) {
            Map<String, INDArray> values = vertices.get(vertex.name()).params;
            vertex.params()
                    .forEach(
                            (key, array) ->
                                    array.assign(
                                            values.get(key)
                                                    .castTo(array.dataType())
                                                    .reshape(array.shape())));
        }
        return network;
    }

    private DataType dataType() {
        boolean wide =
                vertices.values().stream()
                        .flatMap(vertex -> vertex.params.values().stream())
                        .anyMatch(array -> array.dataType() == DataType.DOUBLE);
        return wide ? DataType.DOUBLE : DataType.FLOAT;
    }

    private boolean isChain(List<String> outputs) {
        if (inputs.size() != 1 || outputs.size() != 1) {
            return false;
        }
        String last = inputs.keySet().iterator().next();
        for (Vertex vertex : vertices.values()) {
            if (vertex.layer == null || !vertex.inputs.equals(List.of(last))) {
                return false;
            }
            last = vertex.name;
        }
        return outputs.equals(List.of(last));
    }

    private MultiLayerNetwork chain(NeuralNetConfiguration.Builder configuration) {
        ListBuilder list = configuration.list();
        List<Vertex> layers = new ArrayList<>(vertices.values());
        for (int i = 0; i < layers.size(); i++) {
            list.layer(layers.get(i).layer);
            if (layers.get(i).shaping != null) {
                list.inputPreProcessor(i, layers.get(i).shaping);
            }
        }
        list.setInputType(inputs.values().iterator().next());
        return new MultiLayerNetwork(list.build());
    }

    private ComputationGraph graph(
            NeuralNetConfiguration.Builder configuration, List<String> outputs) {
        GraphBuilder graph = configuration.graphBuilder();
        graph.addInputs(List.copyOf(inputs.keySet()));
        for (Vertex vertex : vertices.values()) {
            String[] from = vertex.inputs.toArray(String[]::new);
            if (vertex.layer != null) {
                graph.addLayer(vertex.name, vertex.layer, vertex.shaping, from);
            } else {
                graph.addVertex(vertex.name, vertex.other, from);
            }
        }
        graph.setOutputs(outputs.toArray(String[]::new));
        graph.setInputTypes(inputs.values().toArray(InputType[]::new));
        return new ComputationGraph(graph.build());
    }
}
