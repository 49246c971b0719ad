package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.lamina.zoo.weights.WeightsException;

/**
 * The layers of a model, each after those that it reads.
 *
 * @param uses how often a layer's output is read: by layers, and as an output
 * @param outputs names of the layers that are outputs
 */
record KerasGraph(Map<String, Node> byName, Map<String, Integer> uses, List<String> outputs) {

    private static final String INPUT = "InputLayer";

    /** Classes of models, which may be layers of others. */
    private static final Set<String> MODELS = Set.of("Sequential", "Functional", "Model");

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
        if (!MODELS.contains(className)) {
            throw new WeightsException(
                    "model of class '%s': allowed are Sequential and Functional; others are code",
                    className);
        }
        Part whole = new Part("", "", groupsByClass, List.of(), new ArrayList<>(), new HashMap<>());
        List<String> outputs = whole.add(model).stream().map(whole::actual).toList();
        List<Node> nodes =
                whole.nodes.stream()
                        .map(
                                node ->
                                        new Node(
                                                node.layer,
                                                node.group,
                                                node.inputs.stream().map(whole::actual).toList(),
                                                node.config))
                        .toList();
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

    /** Names of the layers that are models themselves. */
    static Set<String> models(JsonNode model) {
        Set<String> names = new HashSet<>();
        for (JsonNode layer : layers(model)) {
            if (MODELS.contains(layer.path("class_name").asText())) {
                names.add(layer.path("config").path("name").asText());
            }
        }
        return names;
    }

    private static JsonNode layers(JsonNode model) {
        JsonNode config = model.path("config");
        // Keras 2.2 and before: a Sequential's configuration is the list itself.
        return config.isArray() ? config : config.path("layers");
    }

    /**
     * The model, or one that is a layer of it; the layers of both are in one graph here.
     *
     * @param prefix of the names of its layers
     * @param group prefix of the groups of their weights
     * @param inputs the layers that stand for its inputs; empty for the whole
     * @param outputs the layers that stand for those that are models
     */
    private record Part(
            String prefix,
            String group,
            boolean groupsByClass,
            List<String> inputs,
            List<Node> nodes,
            Map<String, String> outputs) {

        /**
         * Adds the layers.
         *
         * @return the outputs
         */
        List<String> add(JsonNode model) {
            JsonNode list = layers(model);
            if (!list.isArray() || list.isEmpty()) {
                throw new WeightsException("the model has no list of layers");
            }
            boolean sequential = model.path("class_name").asText().equals("Sequential");
            JsonNode config = model.path("config");
            List<String> inner =
                    sequential || inputs.isEmpty()
                            ? List.of()
                            : references(config.path("input_layers"), "input_layers");
            Map<String, Integer> counts = new HashMap<>();
            String last = inputs.isEmpty() ? null : inputs.get(0);
            for (JsonNode entry : list) {
                Node node = node(entry, counts);
                String name = node.layer.name();
                if (node.isInput() && !inputs.isEmpty()) {
                    int index = sequential ? 0 : inner.indexOf(name.substring(prefix.length()));
                    if (index < 0 || index >= inputs.size()) {
                        throw node.layer.refused("nothing is given to this input");
                    }
                    outputs.put(name, inputs.get(index));
                    continue;
                }
                List<String> from = node.inputs.stream().map(x -> prefix + x).toList();
                if (sequential) {
                    if (last == null && !node.isInput()) {
                        nodes.add(input(node, config.path("build_input_shape")));
                        last = nodes.get(nodes.size() - 1).layer.name();
                    }
                    from = last == null ? List.of() : List.of(last);
                }
                if (MODELS.contains(node.layer.className())) {
                    if (from.isEmpty()) {
                        throw node.layer.refused("it reads nothing");
                    }
                    Part part =
                            new Part(
                                    name + "-",
                                    node.group + "/",
                                    groupsByClass,
                                    from,
                                    nodes,
                                    outputs);
                    List<String> made = part.add(entry);
                    if (made.size() != 1) {
                        throw node.layer.refused(
                                "a model with " + made.size() + " outputs; allowed is one");
                    }
                    outputs.put(name, made.get(0));
                } else {
                    nodes.add(new Node(node.layer, node.group, from, node.config));
                }
                last = name;
            }
            return sequential
                    ? List.of(last)
                    : references(config.path("output_layers"), "output_layers").stream()
                            .map(output -> prefix + output)
                            .toList();
        }

        /** The layer that is no model and no model's input. */
        String actual(String name) {
            String actual = name;
            for (int i = 0; i <= outputs.size() && outputs.containsKey(actual); i++) {
                actual = outputs.get(actual);
            }
            return actual;
        }

        private Node node(JsonNode entry, Map<String, Integer> counts) {
            String className = entry.path("class_name").asText("?");
            JsonNode config = entry.path("config");
            if (!config.isObject()) {
                throw new WeightsException("a layer of class '" + className + "' has no config");
            }
            String name = config.path("name").asText(entry.path("name").asText(""));
            LayerConfig layer = new LayerConfig(prefix + name, className, config);
            String registered = entry.path("registered_name").asText("");
            if (name.isEmpty()) {
                throw layer.refused("it has no name");
            }
            if (registered.contains(">")) {
                throw layer.refused("it is code of the program's own, " + registered);
            }
            String own = groupsByClass ? KerasFile.groupName(className, counts) : name;
            return new Node(layer, group + own, readBy(layer, entry.path("inbound_nodes")), config);
        }
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

    private static List<String> readBy(LayerConfig layer, JsonNode nodes) {
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
                                        "it is called with %s = %s, which is not supported",
                                        argument.getKey(), argument.getValue());
                            }
                        });
    }

    /**
     * The layer that a reference {@code [name, node, tensor]} names. Its node is the only one: a
     * shared layer is refused.
     */
    private static String reference(JsonNode reference) {
        boolean first =
                reference.isArray()
                        && reference.path(0).isTextual()
                        && reference.path(1).asInt(-1) >= 0
                        && reference.path(2).asInt(-1) == 0;
        if (!first) {
            throw new WeightsException(
                    "the reference %s to a layer is not supported; allowed are [name, node, 0]",
                    reference);
        }
        return reference.get(0).asText();
    }

    /** One reference or a list of them. */
    private static List<String> references(JsonNode references, String argument) {
        if (references.path(0).isTextual()) {
            return List.of(reference(references));
        }
        List<String> names = new ArrayList<>();
        references.forEach(reference -> names.add(reference(reference)));
        if (names.isEmpty()) {
            throw new WeightsException("the model has no " + argument);
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
