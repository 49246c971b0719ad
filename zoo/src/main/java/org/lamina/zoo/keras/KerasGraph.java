package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.lamina.zoo.weights.WeightsException;

/**
 * The layers of a model, each after those that it reads.
 *
 * @param uses how often a layer's output is read: by layers, and as an output
 * @param outputs names of the layers that are outputs
 */
record KerasGraph(Map<String, Node> byName, Map<String, Integer> uses, List<String> outputs) {

    private static final String INPUT = "InputLayer";

    /**
     * A layer.
     *
     * @param group where its weights are
     * @param inputs names of the layers that it reads
     * @param config its arguments as they are stored
     */
    record Node(LayerConfig layer, String group, List<String> inputs, JsonNode config) {

        boolean isInput() {
            return layer.className().equals(INPUT);
        }
    }

    /**
     * Reads a model's configuration.
     *
     * @param groupsByClass whether weights are stored by the layers' classes
     * @throws WeightsException naming what is wrong
     */
    static KerasGraph read(JsonNode model, boolean groupsByClass) {
        String className = model.path("class_name").asText();
        JsonNode config = model.path("config");
        boolean sequential = className.equals("Sequential");
        if (!sequential && !className.equals("Functional") && !className.equals("Model")) {
            throw new WeightsException(
                    "model of class '"
                            + className
                            + "': allowed are Sequential and Functional; others are code");
        }
        // Keras 2.2 and before: a Sequential's configuration is the list itself.
        JsonNode list = config.isArray() ? config : config.path("layers");
        if (!list.isArray() || list.isEmpty()) {
            throw new WeightsException("the model has no list of layers");
        }
        List<Node> nodes = new ArrayList<>();
        Map<String, Integer> counts = new HashMap<>();
        for (JsonNode entry : list) {
            Node node = node(entry, groupsByClass, counts);
            if (sequential) {
                if (nodes.isEmpty() && !node.isInput()) {
                    nodes.add(input(node, config.path("build_input_shape")));
                }
                boolean first = nodes.isEmpty();
                List<String> inputs =
                        first ? List.of() : List.of(nodes.get(nodes.size() - 1).layer.name());
                node = new Node(node.layer, node.group, inputs, node.config);
            }
            nodes.add(node);
        }
        List<String> outputs =
                sequential
                        ? List.of(nodes.get(nodes.size() - 1).layer.name())
                        : references(config.path("output_layers"));
        Map<String, Integer> uses = new HashMap<>();
        nodes.forEach(node -> node.inputs.forEach(name -> uses.merge(name, 1, Integer::sum)));
        outputs.forEach(name -> uses.merge(name, 1, Integer::sum));
        Map<String, Node> byName = new LinkedHashMap<>();
        sorted(nodes).forEach(node -> byName.put(node.layer.name(), node));
        for (String output : outputs) {
            if (!byName.containsKey(output)) {
                throw new WeightsException("the output \"" + output + "\" is no layer");
            }
        }
        return new KerasGraph(byName, uses, outputs);
    }

    private static Node node(JsonNode entry, boolean groupsByClass, Map<String, Integer> counts) {
        String className = entry.path("class_name").asText("?");
        JsonNode config = entry.path("config");
        if (!config.isObject()) {
            throw new WeightsException("a layer of class '" + className + "' has no config");
        }
        String name = config.path("name").asText(entry.path("name").asText(""));
        LayerConfig layer = new LayerConfig(name, className, config);
        String registered = entry.path("registered_name").asText("");
        if (name.isEmpty()) {
            throw layer.refused("it has no name");
        }
        if (registered.contains(">")) {
            throw layer.refused("it is code of the program's own, " + registered);
        }
        String group = groupsByClass ? KerasFile.groupName(className, counts) : name;
        return new Node(layer, group, inputs(layer, entry.path("inbound_nodes")), config);
    }

    /** The input of a Sequential model that has no layer for it. */
    private static Node input(Node first, JsonNode built) {
        JsonNode shape = first.config.path("batch_input_shape");
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.set("batch_shape", shape.isArray() ? shape : built);
        String name = first.layer.name() + "_input";
        return new Node(new LayerConfig(name, INPUT, config), name, List.of(), config);
    }

    // ---- what a layer reads ---------------------------------------------------------------------

    private static List<String> inputs(LayerConfig layer, JsonNode nodes) {
        List<String> names = new ArrayList<>();
        if (nodes.size() > 1) {
            throw layer.refused(
                    "it is used " + nodes.size() + " times; shared layers are not read");
        }
        if (nodes.size() == 1 && nodes.get(0).isArray()) {
            for (JsonNode reference : nodes.get(0)) { // Keras 2
                names.add(reference(reference));
                checkArguments(layer, reference.path(3));
            }
        } else if (nodes.size() == 1) {
            tensors(nodes.get(0).path("args"), names);
            checkArguments(layer, nodes.get(0).path("kwargs"));
        }
        return names;
    }

    private static void tensors(JsonNode arguments, List<String> names) {
        for (JsonNode argument : arguments) {
            if (argument.isArray()) {
                tensors(argument, names);
            } else {
                names.add(reference(argument.path("config").path("keras_history")));
            }
        }
    }

    private static void checkArguments(LayerConfig layer, JsonNode arguments) {
        arguments
                .fields()
                .forEachRemaining(
                        argument -> {
                            boolean off =
                                    argument.getKey().equals("training")
                                            && argument.getValue().equals(BooleanNode.FALSE);
                            if (!argument.getValue().isNull() && !off) {
                                throw layer.refused(
                                        "it is called with "
                                                + argument.getKey()
                                                + " = "
                                                + argument.getValue()
                                                + ", which is not supported");
                            }
                        });
    }

    /** The layer that a reference {@code [name, node, tensor]} names. */
    private static String reference(JsonNode reference) {
        boolean first =
                reference.isArray()
                        && reference.path(0).isTextual()
                        && reference.path(1).asInt(-1) == 0
                        && reference.path(2).asInt(-1) == 0;
        if (!first) {
            throw new WeightsException(
                    "the reference "
                            + reference
                            + " to a layer is not supported; allowed are [name, 0, 0]");
        }
        return reference.get(0).asText();
    }

    /** One reference or a list of them. */
    private static List<String> references(JsonNode references) {
        if (references.path(0).isTextual()) {
            return List.of(reference(references));
        }
        List<String> names = new ArrayList<>();
        references.forEach(reference -> names.add(reference(reference)));
        if (names.isEmpty()) {
            throw new WeightsException("the model has no output_layers");
        }
        return names;
    }

    // ---- order ----------------------------------------------------------------------------------

    private static List<Node> sorted(List<Node> nodes) {
        Map<String, Node> byName = new LinkedHashMap<>();
        for (Node node : nodes) {
            if (byName.put(node.layer.name(), node) != null) {
                throw node.layer.refused("there are two layers of this name");
            }
        }
        Map<String, List<Node>> readers = new HashMap<>();
        Map<String, Integer> missing = new HashMap<>();
        Queue<Node> ready = new ArrayDeque<>();
        for (Node node : nodes) {
            for (String input : node.inputs) {
                if (!byName.containsKey(input)) {
                    throw node.layer.refused("it reads \"" + input + "\", which is no layer");
                }
                readers.computeIfAbsent(input, name -> new ArrayList<>()).add(node);
            }
            missing.put(node.layer.name(), node.inputs.size());
            if (node.inputs.isEmpty()) {
                if (!node.isInput()) {
                    throw node.layer.refused("it reads nothing");
                }
                ready.add(node);
            }
        }
        List<Node> sorted = new ArrayList<>();
        while (!ready.isEmpty()) {
            Node node = ready.remove();
            sorted.add(node);
            for (Node reader : readers.getOrDefault(node.layer.name(), List.of())) {
                if (missing.merge(reader.layer.name(), -1, Integer::sum) == 0) {
                    ready.add(reader);
                }
            }
        }
        if (sorted.size() < nodes.size()) {
            throw new WeightsException("layers of the model read each other in a circle");
        }
        return sorted;
    }

    Collection<Node> layers() {
        return byName.values();
    }
}
