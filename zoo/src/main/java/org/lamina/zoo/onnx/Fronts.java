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
import org.lamina.layers.conf.TemporalSpatialConv2D;
import org.lamina.layers.conf.TemporalSpatialFusion;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ParamSpec;
import org.lamina.zoo.weights.NetworkGraph;
import org.lamina.zoo.weights.NetworkGraph.Vertex;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The fronts of EEG networks: temporal filters, batch normalization and spatial filters become one
 * {@link TemporalSpatialConv2D} where that can be computed with less work.
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
            Vertex norm = onlyReader(temporal);
            Vertex spatial = norm == null ? null : onlyReader(norm);
            Vertex front = spatial == null ? null : front(temporal, norm, spatial);
            if (front != null) {
                vertices.removeIf(vertex -> vertex == temporal || vertex == norm);
                vertices.replaceAll(vertex -> vertex == spatial ? front : vertex);
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

    private static Vertex front(Vertex temporal, Vertex norm, Vertex spatial) {
        if (!(temporal.conf() instanceof LayerVertex first)) {
            return null;
        }
        TemporalSpatialConv2D layer =
                TemporalSpatialFusion.inEvaluation(layer(temporal), layer(norm), layer(spatial));
        if (layer == null || !LaminaLayers.spatialFirst(layer.getSpec())) {
            return null;
        }
        NeuralNetConfiguration conf = first.getLayerConf().clone();
        conf.setLayer(layer);
        return new Vertex(
                spatial.name(),
                new LayerVertex(conf, first.getPreProcessor()),
                temporal.inputs(),
                TemporalSpatialFusion.params(params(temporal), params(norm), params(spatial)));
    }

    private static Layer layer(Vertex vertex) {
        return Vertices.thawed(((LayerVertex) vertex.conf()).getLayerConf().getLayer());
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
