package org.lamina.zoo.builtin;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.lamina.zoo.network.NetworkGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The network under construction, and where it has the values of the given network's vertices: at a
 * vertex, still to be multiplied by a factor, which is folded into weights where possible.
 */
final class BuiltInGraph {

    /** A vertex and the factor that makes its value the one looked for. */
    record Place(String vertex, double factor) {}

    private record Vertex(GraphVertex conf, String[] inputs, Map<String, INDArray> params) {}

    /** {@link Vertex} or {@link AffineNode}, by name. */
    private final Map<String, Object> nodes = new LinkedHashMap<>();

    private final Map<String, Place> places = new HashMap<>();

    /** Vertices whose value several vertices of the given network use. */
    private final Set<String> shared = new HashSet<>();

    private final NetworkGraph network;

    /** An empty graph for the conversion of a network. */
    BuiltInGraph(NetworkGraph network) {
        this.network = network;
        network.inputs().forEach(name -> places.put(name, new Place(name, 1)));
    }

    /** Where the value of a vertex of the given network is. */
    Place place(String given) {
        return places.get(given);
    }

    void place(String given, String vertex, double factor) {
        places.put(given, new Place(vertex, factor));
    }

    /** Makes the value of a vertex of the given network that of another one times a factor. */
    void same(String given, String input, double factor) {
        Place place = places.get(input);
        if (!given.equals(input) && network.uses(input) != 1) {
            shared.add(place.vertex);
        }
        place(given, place.vertex, place.factor * factor);
    }

    void add(AffineNode node) {
        nodes.put(node.name(), node);
    }

    void add(String name, GraphVertex conf, Map<String, INDArray> params, String... inputs) {
        nodes.put(name, new Vertex(conf, inputs, params));
    }

    /**
     * The dense layer or convolution without activation function whose value is used unscaled, and
     * only by this vertex of the given network; or null.
     */
    AffineNode foldable(String given) {
        Place place = places.get(given);
        boolean usedOnlyHere =
                place.factor == 1 && !shared.contains(place.vertex) && network.uses(given) == 1;
        return usedOnlyHere ? foldableAs(place.vertex) : null;
    }

    /** Like {@link #foldable}, for the value that a vertex of the given network will have. */
    AffineNode foldableAs(String given) {
        return nodes.get(given) instanceof AffineNode node && node.linear() ? node : null;
    }

    /** A vertex with the value itself. */
    String materialized(String given) {
        Place place = places.get(given);
        if (place.factor == 1) {
            return place.vertex;
        }
        String scaled = copied(given);
        place(given, scaled, 1);
        return scaled;
    }

    /** A vertex with a copy of the value, for a layer that overwrites its input. */
    String copied(String given) {
        Place place = places.get(given);
        String name = place.vertex + "-scaled";
        for (int i = 2; nodes.containsKey(name); i++) {
            name = place.vertex + "-scaled" + i;
        }
        add(name, new ScaleVertex(place.factor), Map.of(), place.vertex);
        return name;
    }

    void addTo(GraphBuilder graph, DataType type, Map<String, Map<String, INDArray>> params) {
        nodes.forEach(
                (name, node) -> {
                    if (node instanceof AffineNode affine) {
                        affine.addTo(graph, type, params);
                        return;
                    }
                    Vertex vertex = (Vertex) node;
                    if (vertex.conf instanceof LayerVertex layer) {
                        graph.addLayer(name, layer.getLayerConf().getLayer(), vertex.inputs);
                    } else {
                        graph.addVertex(name, vertex.conf, vertex.inputs);
                    }
                    params.put(name, vertex.params);
                });
    }
}
