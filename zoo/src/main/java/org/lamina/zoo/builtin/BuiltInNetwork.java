package org.lamina.zoo.builtin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.zoo.network.NetworkGraph;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * Converts a network to one of DL4J's own layers with the same outputs, for use without Lamina.
 *
 * <pre>{@code
 * BuiltInNetwork.of(net).save(new File("plain.zip")); // there: ComputationGraph.load(file, false)
 * }</pre>
 *
 * <p>Folded into the weights and biases of convolutions and dense layers: weight standardization
 * and gains, batch normalization (with its running statistics) behind them, factors of activation
 * functions, of skip gains and of scale vertices. Squeeze and excitation becomes a mean, two 1x1
 * convolutions and a product. Grouped convolutions get weights 0 between groups, since DL4J has no
 * groups. Dropout, stochastic depth, constraints and updaters are left out: the network is for
 * inference, in the data type of the given one, and slower.
 *
 * <p>Layers without an equivalent in DL4J are an error, among them the exact GELU (ND4J's two
 * differ from it by up to 0.020 and 0.034), instance normalization, linear upsampling, local and
 * transposed convolutions with standardized weights, and convolutions with other than 2 dimensions
 * or channels last.
 */
public final class BuiltInNetwork {

    private BuiltInNetwork() {}

    /**
     * The network of DL4J's layers.
     *
     * @param network a MultiLayerNetwork or ComputationGraph, initialized; not changed
     * @throws WeightsException naming a layer without an equivalent in DL4J
     */
    public static ComputationGraph of(Model network) {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return of(NetworkGraph.of(network));
        }
    }

    private static ComputationGraph of(NetworkGraph network) {
        BuiltInGraph plain = new BuiltInGraph(network);
        BuiltInLayers layers = new BuiltInLayers(plain);
        network.vertices().forEach(layers::add);
        GraphBuilder builder =
                new NeuralNetConfiguration.Builder()
                        .dataType(network.dataType())
                        .updater(new NoOp())
                        .graphBuilder()
                        .addInputs(network.inputs())
                        .setOutputs(
                                network.outputs().stream()
                                        .map(plain::materialized)
                                        .toArray(String[]::new));
        Map<String, Map<String, INDArray>> params = new LinkedHashMap<>();
        plain.addTo(builder, network.dataType(), params);
        return initialized(builder.build(), params);
    }

    private static ComputationGraph initialized(
            ComputationGraphConfiguration conf, Map<String, Map<String, INDArray>> params) {
        List<String> foreign =
                conf.toJson()
                        .lines()
                        .filter(line -> line.contains("org.lamina"))
                        .map(String::strip)
                        .toList();
        if (!foreign.isEmpty()) {
            throw new WeightsException(
                    "The network of DL4J's layers would still need Lamina: " + foreign);
        }
        ComputationGraph graph = new ComputationGraph(conf);
        graph.init();
        params.forEach(
                (vertex, table) -> {
                    Map<String, INDArray> own = graph.getVertex(vertex).paramTable(false);
                    table.forEach(
                            (key, value) ->
                                    own.get(key).assign(value.reshape(own.get(key).shape())));
                });
        return graph;
    }
}
