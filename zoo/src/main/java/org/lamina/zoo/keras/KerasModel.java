package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A model to be written: layers, each after those that it reads, and how they are serialized. */
final class KerasModel {

    static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Map<String, KerasLayer> layers = new LinkedHashMap<>();
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final String dtype;

    /**
     * @param dtype "float32" or "float64"
     */
    KerasModel(String dtype) {
        this.dtype = dtype;
    }

    /** Adds a model's input. */
    void input(String name, long[] shape) {
        add(
                "InputLayer",
                name,
                JSON.objectNode().set("batch_shape", batchShape(shape)),
                List.of(),
                shape);
        inputs.add(name);
    }

    void output(String name) {
        outputs.add(name);
    }

    /** Adds a layer and returns its name. */
    String add(
            String className,
            String name,
            ObjectNode arguments,
            List<String> from,
            long[] shape,
            KerasLayer.Weight... weights) {
        ObjectNode config = JSON.objectNode();
        config.put("name", name).put("trainable", true).put("dtype", dtype).setAll(arguments);
        KerasLayer layer = new KerasLayer(name, className, config, from, shape, List.of(weights));
        if (name.contains("/") || layers.putIfAbsent(name, layer) != null) {
            throw new WeightsException(
                    "layer \"" + name + "\": Keras needs names of their own, without '/'");
        }
        return name;
    }

    long[] shape(String name) {
        return layers.get(name).shape();
    }

    /** A weight in the model's precision. */
    KerasLayer.Weight weight(String name, INDArray value) {
        return new KerasLayer.Weight(name, value);
    }

    private static ArrayNode batchShape(long[] shape) {
        ArrayNode node = JSON.arrayNode().addNull();
        for (long size : shape) {
            if (size < 0) {
                node.addNull();
            } else {
                node.add(size);
            }
        }
        return node;
    }

    // ---- order ----------------------------------------------------------------------------------

    /**
     * The layers as Keras sorts them, and so counts them by class: the farthest from the outputs
     * first, those as far as each other in the order in which a search from the outputs meets them.
     */
    List<KerasLayer> sorted() {
        Map<String, Integer> depths = new HashMap<>();
        List<KerasLayer> backwards = new ArrayList<>(layers.values());
        java.util.Collections.reverse(backwards);
        for (KerasLayer layer : backwards) {
            int depth = depths.merge(layer.name(), 0, Math::max);
            layer.inputs().forEach(input -> depths.merge(input, depth + 1, Math::max));
        }
        Map<String, Integer> met = new HashMap<>();
        for (String output : outputs) {
            meet(output, met);
        }
        List<KerasLayer> sorted = new ArrayList<>(layers.values());
        sorted.sort(
                Comparator.<KerasLayer>comparingInt(layer -> -depths.get(layer.name()))
                        .thenComparingInt(layer -> met.getOrDefault(layer.name(), -1)));
        return sorted;
    }

    /** A depth-first search, each layer before what it reads. */
    private void meet(String output, Map<String, Integer> met) {
        Deque<String> open = new ArrayDeque<>(List.of(output));
        Set<String> done = new HashSet<>();
        while (!open.isEmpty()) {
            String name = open.pop();
            if (!done.add(name)) {
                continue;
            }
            met.putIfAbsent(name, met.size());
            List<String> from = layers.get(name).inputs();
            for (int i = from.size() - 1; i >= 0; i--) {
                open.push(from.get(i));
            }
        }
    }

    // ---- configuration --------------------------------------------------------------------------

    /**
     * Class and configuration of the model.
     *
     * @param legacy as Keras 2 has it in .h5, which Keras 3 reads too; else as Keras 3 has it
     */
    ObjectNode config(boolean legacy) {
        ObjectNode config = JSON.objectNode().put("name", "model").put("trainable", true);
        ArrayNode list = config.putArray("layers");
        for (KerasLayer layer : sorted()) {
            list.add(legacy ? legacy(layer) : current(layer));
        }
        references(config.putArray("input_layers"), inputs);
        references(config.putArray("output_layers"), outputs);
        ObjectNode model = JSON.objectNode();
        if (!legacy) {
            model.put("module", "keras.src.models.functional");
        }
        model.put("class_name", "Functional").set("config", config);
        return legacy ? model : model.put("registered_name", "Functional");
    }

    private static void references(ArrayNode to, List<String> names) {
        names.forEach(name -> to.addArray().add(name).add(0).add(0));
    }

    private ObjectNode legacy(KerasLayer layer) {
        ObjectNode node = JSON.objectNode().put("class_name", layer.className());
        ObjectNode config = layer.config().deepCopy();
        if (config.has("batch_shape")) {
            config.set("batch_input_shape", config.remove("batch_shape"));
        }
        node.set("config", withoutModules(config));
        node.put("name", layer.name());
        ArrayNode nodes = node.putArray("inbound_nodes");
        if (!layer.inputs().isEmpty()) {
            ArrayNode references = nodes.addArray();
            layer.inputs()
                    .forEach(
                            input ->
                                    references
                                            .addArray()
                                            .add(input)
                                            .add(0)
                                            .add(0)
                                            .add(JSON.objectNode()));
        }
        return node;
    }

    /** Keras 2 knows classes and functions by their names alone. */
    private static ObjectNode withoutModules(ObjectNode config) {
        List<String> keys = new ArrayList<>();
        config.fieldNames().forEachRemaining(keys::add);
        for (String key : keys) {
            if (config.get(key) instanceof ObjectNode object && object.has("registered_name")) {
                if (object.get("class_name").asText().equals("function")) {
                    config.set(key, object.get("config"));
                } else {
                    object.remove(List.of("module", "registered_name"));
                }
            }
        }
        return config;
    }

    private ObjectNode current(KerasLayer layer) {
        ObjectNode node = JSON.objectNode().put("module", "keras.layers");
        node.put("class_name", layer.className());
        node.set("config", layer.config());
        node.putNull("registered_name").put("name", layer.name());
        ArrayNode nodes = node.putArray("inbound_nodes");
        if (!layer.inputs().isEmpty()) {
            ObjectNode call = nodes.addObject();
            ArrayNode arguments = call.putArray("args");
            ArrayNode tensors = layer.inputs().size() > 1 ? arguments.addArray() : arguments;
            layer.inputs().forEach(input -> tensors.add(tensor(input)));
            call.putObject("kwargs");
        }
        return node;
    }

    private ObjectNode tensor(String layer) {
        ObjectNode config = JSON.objectNode();
        config.set("shape", batchShape(shape(layer)));
        config.put("dtype", dtype).putArray("keras_history").add(layer).add(0).add(0);
        return JSON.objectNode().put("class_name", "__keras_tensor__").set("config", config);
    }
}
