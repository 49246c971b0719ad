package org.lamina.zoo.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.layers.SpecLayer;
import org.lamina.layers.TemporalSpatialFusion;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ParamSpec;
import org.lamina.zoo.network.NetworkGraph;
import org.lamina.zoo.network.NetworkGraph.Vertex;
import org.lamina.zoo.network.Networks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The fronts of EEG networks: temporal and spatial filters become one layer where {@link
 * TemporalSpatialFusion} finds one that can be computed with less work.
 */
final class Fronts {

    private final NetworkGraph network;

    private Fronts(NetworkGraph network) {
        this.network = network;
    }

    /** The network with its fronts fused; each has the name of its spatial filters. */
    static NetworkGraph fused(NetworkGraph network) {
        return new Fronts(network).fused();
    }

    private NetworkGraph fused() {
        List<Vertex> vertices = new ArrayList<>(network.vertices());
        for (Vertex temporal : network.vertices()) {
            List<Vertex> parts = new ArrayList<>();
            Vertex front = null;
            for (Vertex next = temporal; next != null && front == null && parts.size() < 3; ) {
                parts.add(next);
                front = parts.size() > 1 ? front(parts) : null;
                next = onlyReader(next);
            }
            if (front != null) {
                vertices.set(vertices.indexOf(parts.get(parts.size() - 1)), front);
                vertices.removeAll(parts);
            }
        }
        return new NetworkGraph(network.inputs(), network.outputs(), vertices, network.dataType());
    }

    /** The layer that alone reads a vertex, as it is; or null. */
    private Vertex onlyReader(Vertex vertex) {
        if (network.uses(vertex.name()) != 1) {
            return null;
        }
        return network.vertices().stream()
                .filter(reader -> reader.inputs().contains(vertex.name()))
                .filter(
                        reader ->
                                reader.conf() instanceof LayerVertex v
                                        && v.getPreProcessor() == null)
                .findFirst()
                .orElse(null);
    }

    /** One vertex that computes with less work what others do one after the other; or null. */
    private static Vertex front(List<Vertex> parts) {
        Vertex temporal = parts.get(0);
        Vertex spatial = parts.get(parts.size() - 1);
        if (!(temporal.conf() instanceof LayerVertex first)) {
            return null;
        }
        SpecLayer<?> layer =
                TemporalSpatialFusion.inEvaluation(parts.stream().map(Fronts::layer).toList());
        if (layer == null || !TemporalSpatialNodes.reordered(layer.getSpec())) {
            return null;
        }
        NeuralNetConfiguration conf = first.getLayerConf().clone();
        conf.setLayer(layer);
        return new Vertex(
                spatial.name(),
                new LayerVertex(conf, first.getPreProcessor()),
                temporal.inputs(),
                TemporalSpatialFusion.params(parts.stream().map(Fronts::params).toList()));
    }

    private static Layer layer(Vertex vertex) {
        return Networks.thawed(((LayerVertex) vertex.conf()).getLayerConf().getLayer());
    }

    /** A layer's parameters as Lamina's layers have them. */
    private static Map<String, INDArray> params(Vertex vertex) {
        Map<String, INDArray> params = new HashMap<>(vertex.params());
        if (layer(vertex) instanceof DepthwiseConvolution2D) {
            params.computeIfPresent(
                    ParamSpec.WEIGHT, (name, weight) -> Dl4jLayers.depthwiseFilters(weight));
        } else if (layer(vertex) instanceof BatchNormalization) {
            params.put(BatchNormSpec.VARIANCE, Dl4jLayers.variance(params));
            params.keySet().remove("log10stdev");
        }
        return params;
    }
}
