package org.lamina.zoo.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.spec.InputTypes;
import org.lamina.zoo.training.AtomicFile;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
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

    /** A vertex of the network. */
    private record Step(
            String name, GraphVertex conf, List<String> inputs, Map<String, INDArray> params) {}

    private record Walk(
            boolean layers, List<String> inputs, List<String> outputs, List<Step> steps) {

        int uses(String name) {
            long reads =
                    steps.stream()
                            .flatMap(step -> step.inputs.stream())
                            .filter(name::equals)
                            .count();
            return (int) reads + (outputs.contains(name) ? 1 : 0);
        }
    }

    /**
     * The file's content.
     *
     * @throws WeightsException naming a layer that cannot be written
     */
    static ModelProto model(Model network, OnnxOptions options) {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            Walk walk;
            if (network instanceof MultiLayerNetwork layers) {
                walk = walk(layers);
            } else if (network instanceof ComputationGraph graph) {
                walk = walk(graph);
            } else {
                throw new WeightsException(
                        (network == null ? "null" : network.getClass().getName())
                                + " is neither a MultiLayerNetwork nor a ComputationGraph");
            }
            return model(walk, options);
        }
    }

    private static Walk walk(MultiLayerNetwork network) {
        List<Step> steps = new ArrayList<>();
        String last = "input";
        for (int i = 0; i < network.getnLayers(); i++) {
            LayerVertex vertex =
                    new LayerVertex(
                            // Not the layer's own: a wrapper's implementation has the wrapped
                            // one's.
                            network.getLayerWiseConfigurations().getConf(i),
                            network.getLayerWiseConfigurations().getInputPreProcess(i));
            String name = network.getLayerNames().get(i);
            steps.add(new Step(name, vertex, List.of(last), params(network.getLayer(i))));
            last = name;
        }
        return new Walk(true, List.of("input"), List.of(last), steps);
    }

    private static Walk walk(ComputationGraph network) {
        ComputationGraphConfiguration conf = network.getConfiguration();
        List<Step> steps = new ArrayList<>();
        for (int index : network.topologicalSortOrder()) {
            String name = network.getVertices()[index].getVertexName();
            if (!conf.getNetworkInputs().contains(name)) {
                Map<String, INDArray> params = network.getVertex(name).paramTable(false);
                steps.add(
                        new Step(
                                name,
                                conf.getVertices().get(name),
                                conf.getVertexInputs().get(name),
                                params == null ? Map.of() : params));
            }
        }
        return new Walk(false, conf.getNetworkInputs(), conf.getNetworkOutputs(), steps);
    }

    private static Map<String, INDArray> params(org.deeplearning4j.nn.api.Layer layer) {
        Map<String, INDArray> params = layer.paramTable();
        return params == null ? Map.of() : params;
    }

    private static ModelProto model(Walk walk, OnnxOptions options) {
        OnnxGraph graph = new OnnxGraph();
        walk.outputs.forEach(output -> graph.reserve(published(output, walk)));
        Map<String, Value> values = new HashMap<>();
        boolean[] last = new boolean[walk.inputs.size()];
        for (int i = 0; i < walk.inputs.size(); i++) {
            Input input = input(walk, i, options);
            last[i] = input.channelsLast();
            values.put(walk.inputs.get(i), input.declare(graph, i == 0 ? options : null));
        }
        Vertices vertices = new Vertices(graph, walk.inputs.get(0), options.foldBatchNorm());
        for (Step step : walk.steps) {
            List<Value> inputs = step.inputs.stream().map(values::get).toList();
            Value value = vertices.vertex(step.name, step.conf, step.params, inputs);
            values.put(step.name, value);
            if (walk.uses(step.name) != 1) {
                graph.share(value);
            }
        }
        for (String output : walk.outputs) {
            output(graph, published(output, walk), values.get(output), last[0]);
        }
        ModelProto.Builder model =
                ModelProto.newBuilder()
                        .setIrVersion(IR_VERSION)
                        .setProducerName("Lamina")
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                        .setGraph(graph.build("lamina"));
        options.metadata()
                .forEach(
                        (key, value) ->
                                model.addMetadataProps(
                                        StringStringEntryProto.newBuilder()
                                                .setKey(key)
                                                .setValue(value)));
        return model.build();
    }

    /** The output of a MultiLayerNetwork is not named after its last layer. */
    private static String published(String output, Walk walk) {
        return walk.layers ? "output" : output;
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

    /**
     * An input of the network.
     *
     * @param shape channels first
     */
    private record Input(String name, long[] shape, boolean channelsLast) {

        /** Adds the input, in the network's data format; its value has channels first. */
        Value declare(OnnxGraph graph, OnnxOptions standardizing) {
            long[] own = shape;
            if (channelsLast) {
                own = shape.clone();
                System.arraycopy(shape, 2, own, 1, shape.length - 2);
                own[own.length - 1] = shape[1];
            }
            graph.input(name, dimensions(own, ""));
            Value value = new Value(name, own);
            if (standardizing != null && standardizing.mean() != null) {
                String mean = graph.constant("normalizer.mean", standardizing.mean());
                String deviation =
                        graph.constant("normalizer.deviation", standardizing.deviation());
                String centred = graph.node("Sub", "normalizer.centred", List.of(name, mean));
                value =
                        new Value(
                                graph.node("Div", "normalizer", List.of(centred, deviation)), own);
            }
            return channelsLast
                    ? Layout.channelsFirst(graph, name + ".channels-first", value)
                    : value;
        }

        static List<String> dimensions(long[] shape, String prefix) {
            return IntStream.range(0, shape.length)
                    .mapToObj(
                            d ->
                                    d == 0
                                            ? "batch"
                                            : shape[d] > 0
                                                    ? Long.toString(shape[d])
                                                    : prefix + "size" + d)
                    .toList();
        }
    }

    private static Input input(Walk walk, int index, OnnxOptions options) {
        String name = walk.inputs.get(index);
        if (!options.inputTypes().isEmpty()) {
            if (options.inputTypes().size() != walk.inputs.size()) {
                throw new WeightsException(
                        options.inputTypes().size()
                                + " input types given; the network has the inputs "
                                + walk.inputs);
            }
            return typed(name, options.inputTypes().get(index));
        }
        return walk.steps.stream()
                .filter(step -> step.inputs.contains(name))
                .map(step -> FirstLayer.input(step.conf))
                .filter(type -> type != null)
                .findFirst()
                .map(type -> typed(name, type))
                .orElseThrow(
                        () ->
                                new WeightsException(
                                        "input \""
                                                + name
                                                + "\": its shape does not follow from the first"
                                                + " layer; give the input types"));
    }

    private static Input typed(String name, InputType type) {
        if (type instanceof InputType.InputTypeConvolutionalFlat flat) {
            return new Input(name, new long[] {Value.OPEN, flat.getFlattenedSize()}, false);
        }
        int rank =
                type instanceof InputType.InputTypeFeedForward
                        ? 0
                        : type instanceof InputType.InputTypeRecurrent
                                ? 1
                                : type instanceof InputType.InputTypeConvolutional ? 2 : 3;
        long[] shape = new long[2 + rank];
        java.util.Arrays.fill(shape, Value.OPEN);
        shape[1] = InputTypes.channels(type, rank, name);
        long[] size = InputTypes.size(type, rank);
        for (int d = 0; size != null && d < rank; d++) {
            shape[2 + d] = size[d] > 0 ? size[d] : Value.OPEN;
        }
        return new Input(name, shape, InputTypes.channelsLast(type));
    }
}
