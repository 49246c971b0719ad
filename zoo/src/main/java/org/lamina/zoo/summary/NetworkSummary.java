package org.lamina.zoo.summary;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.ParamSpec;
import org.lamina.zoo.BaseZooModel;

/**
 * The layers of a network and their cost, from its configuration alone: no array is allocated.
 *
 * @param rows layers and other vertices, each after those that it depends on
 */
public record NetworkSummary(List<Row> rows) {

    private static final int BYTES = Float.BYTES;

    /**
     * A layer or another vertex.
     *
     * @param name its name
     * @param type class of its configuration
     * @param layer its configuration, null for a vertex that is not a layer
     * @param output its output for one example
     * @param trained number of parameters that training changes
     * @param parameters number of all parameters, running statistics among them
     * @param updaterState number of values that its updater keeps
     * @param flops floating point operations for one example: two for each multiplication of a
     *     convolution or dense layer, one for each value that a pooling reads, one for each output
     *     value
     * @param receptive what it depends on; null for the whole input
     */
    public record Row(
            String name,
            String type,
            Layer layer,
            InputType output,
            long trained,
            long parameters,
            long updaterState,
            long flops,
            ReceptiveField receptive) {}

    /** The summary of a network of the zoo. */
    public static NetworkSummary of(BaseZooModel<?, ?> network) {
        return of(network.conf(), input(network));
    }

    /**
     * The summary of a configuration.
     *
     * @param conf a MultiLayerConfiguration, or a ComputationGraphConfiguration with one input
     * @param input its input
     */
    public static NetworkSummary of(Serializable conf, InputType input) {
        return conf instanceof ComputationGraphConfiguration graph
                ? ofGraph(graph, input)
                : ofLayers((MultiLayerConfiguration) conf, input);
    }

    /** The input of a network of the zoo, by its metadata: an image or a signal. */
    public static InputType input(BaseZooModel<?, ?> network) {
        int[] shape = network.metaData().getInputShape()[0];
        return shape.length == 3
                ? InputType.convolutional(shape[1], shape[2], shape[0])
                : InputType.recurrent(shape[0], shape[1]);
    }

    private static NetworkSummary ofLayers(MultiLayerConfiguration conf, InputType input) {
        List<InputType> outputs = conf.getLayerActivationTypes(input);
        List<Row> rows = new ArrayList<>();
        InputType last = input;
        ReceptiveField field = ReceptiveField.ofInput(LayerWork.size(input));
        for (int i = 0; i < outputs.size(); i++) {
            NeuralNetConfiguration layerConf = conf.getConf(i);
            String name = layerConf.getLayer().getLayerName();
            field = LayerWork.seen(layerConf.getLayer(), field, outputs.get(i));
            rows.add(
                    row(
                            name == null ? Integer.toString(i) : name,
                            layerConf,
                            last,
                            outputs.get(i),
                            field));
            last = outputs.get(i);
        }
        return new NetworkSummary(rows);
    }

    private static NetworkSummary ofGraph(ComputationGraphConfiguration conf, InputType input) {
        // A copy, since DL4J completes it.
        Map<String, InputType> types = conf.clone().getLayerActivationTypes(true, input);
        Map<String, ReceptiveField> fields = new LinkedHashMap<>();
        String inputName = conf.getNetworkInputs().get(0);
        types.put(inputName, input);
        fields.put(inputName, ReceptiveField.ofInput(LayerWork.size(input)));
        List<Row> rows = new ArrayList<>();
        Map<String, GraphVertex> left = new LinkedHashMap<>(conf.getVertices());
        while (!left.isEmpty()) {
            String name =
                    left.keySet().stream()
                            .filter(n -> fields.keySet().containsAll(conf.getVertexInputs().get(n)))
                            .findFirst()
                            .orElseThrow();
            GraphVertex vertex = left.remove(name);
            List<String> inputs = conf.getVertexInputs().get(name);
            InputType output = types.get(name);
            ReceptiveField field = fields.get(inputs.get(0));
            for (String other : inputs.subList(1, inputs.size())) {
                ReceptiveField beside = fields.get(other);
                field = field == null || beside == null ? null : field.with(beside);
            }
            if (vertex instanceof LayerVertex layer) {
                field = LayerWork.seen(layer.getLayerConf().getLayer(), field, output);
                InputType before = types.get(inputs.get(0));
                rows.add(row(name, layer.getLayerConf(), before, output, field));
            } else {
                String type = vertex.getClass().getSimpleName();
                long values = output.arrayElementsPerExample();
                rows.add(new Row(name, type, null, output, 0, 0, 0, values, field));
            }
            fields.put(name, field);
        }
        return new NetworkSummary(rows);
    }

    private static Row row(
            String name,
            NeuralNetConfiguration conf,
            InputType input,
            InputType output,
            ReceptiveField field) {
        Layer layer = conf.getLayer();
        long parameters = layer.initializer().numParams(conf);
        long trained =
                layer instanceof AbstractSpecLayer<?> spec
                        ? spec.getSpec().params().stream()
                                .filter(p -> p.role().trained())
                                .mapToLong(ParamSpec::length)
                                .sum()
                        : parameters;
        long state =
                layer instanceof BaseLayer base && base.getIUpdater() != null
                        ? base.getIUpdater().stateSize(trained)
                        : 0;
        String type = layer.getClass().getSimpleName();
        long flops = LayerWork.flops(layer, input, output);
        return new Row(name, type, layer, output, trained, parameters, state, flops, field);
    }

    /** Number of parameters that training changes. */
    public long trained() {
        return rows.stream().mapToLong(Row::trained).sum();
    }

    /** Number of all parameters, running statistics among them. */
    public long parameters() {
        return rows.stream().mapToLong(Row::parameters).sum();
    }

    /** Operations of evaluating one example; a training step takes about three times as many. */
    public long flops() {
        return rows.stream().mapToLong(Row::flops).sum();
    }

    /**
     * The receptive field of the last row that does not depend on the whole input; null if there is
     * none.
     */
    public ReceptiveField receptiveField() {
        ReceptiveField found = null;
        for (Row row : rows) {
            found = row.receptive() == null ? found : row.receptive();
        }
        return found;
    }

    /**
     * Minimum size in bytes of the float arrays of training: parameters, their gradients, the state
     * of the updater, all outputs, and the gradients of outputs that exist at the same time.
     */
    public long trainingBytes(int batch) {
        long state = rows.stream().mapToLong(Row::updaterState).sum();
        long outputs = rows.stream().mapToLong(row -> row.output().arrayElementsPerExample()).sum();
        return BYTES * (2 * parameters() + state + batch * (outputs + largestPair()));
    }

    /**
     * Minimum size in bytes of the float arrays of evaluation: parameters and one layer's arrays.
     */
    public long inferenceBytes(int batch) {
        return BYTES * (parameters() + batch * largestPair());
    }

    private long largestPair() {
        long largest = 0;
        long last = 0;
        for (Row row : rows) {
            long values = row.output().arrayElementsPerExample();
            largest = Math.max(largest, last + values);
            last = values;
        }
        return largest;
    }
}
