package org.lamina.zoo.weights;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The parameters of a network by name, running statistics included, as views: assigning to them
 * changes the network.
 *
 * @param arrays by the name {@code layer.key}, in the network's order
 * @param owners the layers' configurations by the layers' names
 */
public record Parameters(
        Map<String, INDArray> arrays, Map<String, org.deeplearning4j.nn.conf.layers.Layer> owners) {

    /**
     * The parameters of a network or layer.
     *
     * @throws WeightsException if it is neither
     */
    public static Parameters of(Model model) {
        Parameters all = new Parameters(new LinkedHashMap<>(), new LinkedHashMap<>());
        if (model instanceof MultiLayerNetwork network) {
            for (Layer layer : network.getLayers()) {
                String name = layer.conf().getLayer().getLayerName();
                boolean own = name != null && !name.isEmpty() && !all.owners.containsKey(name);
                all.add(own ? name : Integer.toString(layer.getIndex()), layer);
            }
        } else if (model instanceof ComputationGraph graph) {
            for (GraphVertex vertex : graph.getVertices()) {
                if (vertex.hasLayer()) {
                    all.add(vertex.getVertexName(), vertex.getLayer());
                } else {
                    all.add(vertex.getVertexName(), vertex.paramTable(false));
                }
            }
        } else if (model instanceof Layer layer) {
            all.add("", layer);
        } else {
            throw new WeightsException(
                    "%s is no MultiLayerNetwork, ComputationGraph or layer",
                    model == null ? "null" : model.getClass().getName());
        }
        return all;
    }

    private void add(String name, Layer layer) {
        owners.put(name, layer.conf().getLayer());
        add(name, layer.paramTable());
    }

    private void add(String name, Map<String, INDArray> table) {
        if (table != null) {
            table.forEach((key, array) -> arrays.put(name(name, key), array));
        }
    }

    /** Name of a layer's parameter. */
    static String name(String layer, String key) {
        return layer.isEmpty() ? key : layer + "." + key;
    }

    /** Names of the running variances. */
    Set<String> variances() {
        Set<String> names = new HashSet<>();
        owners.forEach(
                (layer, conf) -> {
                    List<ParamSpec> params = List.of();
                    if (conf instanceof AbstractSpecLayer<?> own) {
                        params = own.getSpec().params();
                    } else if (conf instanceof BatchNormalization) {
                        names.add(name(layer, BatchNormalizationParamInitializer.GLOBAL_VAR));
                    }
                    params.stream()
                            .filter(param -> param.role() == ParamSpec.Role.RUNNING_VARIANCE)
                            .forEach(param -> names.add(name(layer, param.name())));
                });
        return names;
    }

    Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        arrays.forEach((name, array) -> shapes.put(name, array.shape()));
        return shapes;
    }

    /** The parameters of one layer in a table of all, by their keys. */
    Map<String, INDArray> ofLayer(String layer, Map<String, INDArray> all) {
        Map<String, INDArray> own = new TreeMap<>();
        String prefix = name(layer, "");
        all.forEach(
                (name, array) -> {
                    if (name.startsWith(prefix) && name.indexOf('.', prefix.length()) < 0) {
                        own.put(name.substring(prefix.length()), array);
                    }
                });
        return own;
    }
}
