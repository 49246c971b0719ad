package org.lamina.zoo.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.io.AtomicFile;
import org.lamina.zoo.network.NetworkGraph;
import org.lamina.zoo.weights.OnnxWeights;
import org.lamina.zoo.weights.StateDict;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Networks as ONNX files (operator set 17, IR version 8, float), for inference in ONNX Runtime and
 * whatever else reads them.
 *
 * <pre>{@code
 * Onnx.export(net, Path.of("model.onnx"), new OnnxOptions().inputTypes(InputType.convolutional(22, 256, 1)));
 * }</pre>
 *
 * <p>The graph computes what the network does in evaluation: dropout and stochastic depth are left
 * out; standardized weights, gains and the factors of activation functions are folded into weights;
 * norm constraints have no place in it. The minibatch is open, and so are spatial sizes that the
 * network's input type leaves open.
 *
 * <p>Inputs and outputs have the network's own data format (channels first or last) and the names
 * of a graph's inputs and outputs, or "input" and "output".
 */
public final class Onnx {

    private static final long OPERATOR_SET = 17;
    private static final long IR_VERSION = 8;

    private Onnx() {}

    /**
     * Writes a network.
     *
     * @param network a MultiLayerNetwork or ComputationGraph, initialized; not changed
     * @throws WeightsException naming a layer that cannot be written; then there is no file
     * @throws IOException if the file cannot be written; then there is none, or the former one
     */
    public static void export(Model network, Path file) throws IOException {
        export(network, file, new OnnxOptions());
    }

    /** As {@link #export(Model, Path)}, with options. */
    public static void export(Model network, Path file, OnnxOptions options) throws IOException {
        ModelProto model = model(network, options);
        AtomicFile.write(file, out -> model.writeTo(out));
    }

    /**
     * Writes a SameDiff graph made of Lamina's graph functions and ops beside them.
     *
     * <pre>{@code
     * Onnx.export(graph, List.of("x"), List.of("y"), Path.of("graph.onnx"));
     * }</pre>
     *
     * @param inputs names of the placeholders that the outputs need, of floating point numbers
     * @param outputs names of the variables that are wanted
     * @throws WeightsException naming an op that cannot be written; then there is no file
     * @throws IOException if the file cannot be written; then there is none, or the former one
     */
    public static void export(SameDiff graph, List<String> inputs, List<String> outputs, Path file)
            throws IOException {
        ModelProto model;
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            model = model(SameDiffGraph.of(graph, inputs, outputs)).build();
        }
        AtomicFile.write(file, out -> model.writeTo(out));
    }

    /**
     * The parameters of a network in a file that {@link #export} has written of it or another of
     * the same layers, under their own names: for {@link org.lamina.zoo.weights.Weights#importInto}
     * with {@link org.lamina.zoo.weights.NameMap#own()}.
     *
     * @param network initialized; not changed
     * @param options with which the file was written
     * @throws WeightsException if the file is no such file, or weights were folded
     * @throws IOException if it cannot be read
     */
    public static StateDict parameters(Model network, Path file, OnnxOptions options)
            throws IOException {
        StateDict arrays = OnnxWeights.read(file);
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return OwnWeights.read(network, arrays, options);
        }
    }

    /**
     * The file's content.
     *
     * @throws WeightsException naming a layer that cannot be written
     */
    static ModelProto model(Model network, OnnxOptions options) {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            NetworkGraph vertices = NetworkGraph.of(network);
            UnaryOperator<String> published =
                    // A MultiLayerNetwork's output is not named after its last layer.
                    output -> network instanceof MultiLayerNetwork ? "output" : output;
            return model(
                    options.publishedOrder() ? vertices : Fronts.fused(vertices),
                    published,
                    options);
        }
    }

    private static ModelProto model(
            NetworkGraph network, UnaryOperator<String> published, OnnxOptions options) {
        OnnxGraph graph = new OnnxGraph();
        network.outputs().forEach(output -> graph.reserve(published.apply(output)));
        Map<String, Value> values = new HashMap<>();
        boolean[] last = new boolean[network.inputs().size()];
        for (int i = 0; i < network.inputs().size(); i++) {
            Input input = input(network, i, options);
            last[i] = input.channelsLast();
            values.put(network.inputs().get(i), input.declare(graph, i == 0 ? options : null));
        }
        Vertices vertices = new Vertices(graph, network.inputs().get(0), options);
        for (NetworkGraph.Vertex vertex : network.vertices()) {
            List<Value> inputs = vertex.inputs().stream().map(values::get).toList();
            Value value = vertices.vertex(vertex, inputs);
            values.put(vertex.name(), value);
            if (network.uses(vertex.name()) != 1) {
                graph.share(value);
            }
        }
        for (String output : network.outputs()) {
            output(graph, published.apply(output), values.get(output), last[0]);
        }
        ModelProto.Builder model = model(graph);
        options.metadata()
                .forEach(
                        (key, value) ->
                                model.addMetadataProps(
                                        StringStringEntryProto.newBuilder()
                                                .setKey(key)
                                                .setValue(value)));
        return model.build();
    }

    private static ModelProto.Builder model(OnnxGraph graph) {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("Lamina")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                .setGraph(graph.build("lamina"));
    }

    private static void output(OnnxGraph graph, String name, Value value, boolean channelsLast) {
        Value plain = graph.plain(value);
        if (channelsLast && plain.rank() > 2) {
            plain = Layout.channelsLast(graph, name + ".channels-last", plain);
        }
        graph.publish(name, plain);
        graph.output(name, Input.dimensions(plain.shape(), "output_"));
    }

    // ---- inputs ---------------------------------------------------------------------------------

    private static Input input(NetworkGraph network, int index, OnnxOptions options) {
        String name = network.inputs().get(index);
        if (!options.inputTypes().isEmpty()) {
            if (options.inputTypes().size() != network.inputs().size()) {
                throw new WeightsException(
                        "%s input types given; the network has the inputs %s",
                        options.inputTypes().size(), network.inputs());
            }
            return Input.of(name, options.inputTypes().get(index));
        }
        return network.vertices().stream()
                .filter(vertex -> vertex.inputs().contains(name))
                .map(vertex -> FirstLayer.input(name, vertex.conf()))
                .filter(input -> input != null)
                .findFirst()
                .orElseThrow(
                        () ->
                                new WeightsException(
                                        "input \"%s\": its shape does not follow from the first"
                                                + " layer; give the input types",
                                        name));
    }
}
