package org.lamina.layers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Replaces the temporal and spatial convolutions at the start of an EEG network by one layer, and
 * vice versa:
 *
 * <ul>
 *   <li>{@link TemporalSpatialConv2D} for a temporal convolution, batch normalization and a
 *       depthwise spatial convolution: {@link ConstrainedConv2D} or {@link Conv2D}, {@link
 *       BatchNorm} and {@link DepthwiseConv2D}, or DL4J's ConvolutionLayer, BatchNormalization and
 *       DepthwiseConvolution2D;
 *   <li>{@link CombinedConv2D} for a temporal convolution and a spatial one over all its filters:
 *       two {@link ConstrainedConv2D} or {@link Conv2D}, or DL4J's ConvolutionLayer.
 * </ul>
 *
 * <p>Outputs, training and initialization stay the same. The input type of a configuration must
 * have been set; a modified copy is returned.
 *
 * <p>{@code fuse} looks for such layers in sequence. It leaves them unchanged if anything is
 * between them (a preprocessor, an activation function, dropout or another vertex that reads their
 * output), if one of them is frozen, wrapped or has weight noise, or if their training settings
 * (updater, regularization, weight initialization, gradient normalization) differ.
 *
 * <p>With Lamina's layers in a list, the flat parameter vector does not change, so parameters and
 * updater state can be copied with {@code setParams}. In a graph the parts' parameters may not be
 * adjacent, and DL4J's layers have other layouts: copy parameters by name. DL4J's
 * BatchNormalization has a biased running variance, the fused layer an unbiased one.
 *
 * <p>The name of the fused layer is the names of the parts joined with {@value FrontLayers#JOINT},
 * which {@code split} restores; a layer of another name {@code n} becomes {@code n-temporal},
 * {@code n-norm} and {@code n-spatial}.
 */
public final class TemporalSpatialFusion {

    /** Longer chains first. */
    private static final List<Integer> LENGTHS = List.of(3, 2);

    private TemporalSpatialFusion() {}

    /**
     * The layer that is equivalent in evaluation to others in sequence, regardless of their
     * training settings; null if there is none.
     */
    public static SpecLayer<?> inEvaluation(List<Layer> parts) {
        return FrontLayers.inEvaluation(parts);
    }

    /**
     * The fused layer's parameters, by name.
     *
     * @param parts each part's parameters, by name
     */
    public static Map<String, INDArray> params(List<Map<String, INDArray>> parts) {
        return FrontLayers.params(parts);
    }

    // ---- lists of layers ------------------------------------------------------------------------

    /** A copy in which each such chain is one layer. */
    public static MultiLayerConfiguration fuse(MultiLayerConfiguration conf) {
        MultiLayerConfiguration copy = conf.clone();
        Map<Integer, InputPreProcessor> before = copy.getInputPreProcessors();
        List<NeuralNetConfiguration> confs = copy.getConfs();
        return replaced(
                copy,
                i -> {
                    for (int length : LENGTHS) {
                        boolean plain =
                                i + length <= confs.size()
                                        && IntStream.range(i + 1, i + length)
                                                .allMatch(next -> before.get(next) == null);
                        NeuralNetConfiguration one =
                                plain ? FrontLayers.fused(confs.subList(i, i + length)) : null;
                        if (one != null) {
                            return new Replacement(length, List.of(one));
                        }
                    }
                    return new Replacement(1, List.of(confs.get(i)));
                });
    }

    /** A copy in which each fused layer is replaced by its parts. */
    public static MultiLayerConfiguration split(MultiLayerConfiguration conf) {
        MultiLayerConfiguration copy = conf.clone();
        return replaced(
                copy,
                i -> {
                    List<NeuralNetConfiguration> parts = FrontLayers.split(copy.getConf(i));
                    return new Replacement(1, parts == null ? List.of(copy.getConf(i)) : parts);
                });
    }

    /** Replacement of consecutive layers. */
    private record Replacement(int length, List<NeuralNetConfiguration> confs) {}

    private static MultiLayerConfiguration replaced(
            MultiLayerConfiguration copy, IntFunction<Replacement> replacement) {
        List<NeuralNetConfiguration> confs = new ArrayList<>();
        Map<Integer, InputPreProcessor> preProcessors = new HashMap<>();
        for (int i = 0; i < copy.getConfs().size(); ) {
            InputPreProcessor before = copy.getInputPreProcessors().get(i);
            if (before != null) {
                preProcessors.put(confs.size(), before);
            }
            Replacement next = replacement.apply(i);
            confs.addAll(next.confs());
            i += next.length();
        }
        copy.setConfs(confs);
        copy.setInputPreProcessors(preProcessors);
        return copy;
    }

    // ---- graphs ---------------------------------------------------------------------------------

    /** A copy in which each such chain is one vertex. */
    public static ComputationGraphConfiguration fuse(ComputationGraphConfiguration conf) {
        Graph graph = new Graph(conf);
        for (String first : List.copyOf(conf.getVertices().keySet())) {
            for (int length : LENGTHS) {
                List<String> names = graph.chain(first, length);
                NeuralNetConfiguration one =
                        names == null
                                ? null
                                : FrontLayers.fused(names.stream().map(graph::layerConf).toList());
                if (one != null) {
                    graph.replace(
                            names, List.of(String.join(FrontLayers.JOINT, names)), List.of(one));
                    break;
                }
            }
        }
        return graph.finished();
    }

    /** A copy in which each fused vertex is replaced by its parts. */
    public static ComputationGraphConfiguration split(ComputationGraphConfiguration conf) {
        Graph graph = new Graph(conf);
        for (String name : List.copyOf(conf.getVertices().keySet())) {
            List<NeuralNetConfiguration> parts =
                    graph.chain(name, 1) == null ? null : FrontLayers.split(graph.layerConf(name));
            if (parts != null) {
                graph.replace(List.of(name), FrontLayers.partNames(name, parts.size()), parts);
            }
        }
        return graph.finished();
    }

    /** A copy of a configuration while it is being modified. */
    private static final class Graph {

        private final ComputationGraphConfiguration result;

        /** Order of computation and of the parameters, which is preserved. */
        private final List<String> order;

        Graph(ComputationGraphConfiguration conf) {
            this.result = conf.clone();
            new ComputationGraph(result).topologicalSortOrder(); // sets the order
            this.order = new ArrayList<>(result.getTopologicalOrderStr());
        }

        ComputationGraphConfiguration finished() {
            List<String> all = new ArrayList<>(result.getNetworkInputs());
            all.addAll(result.getVertices().keySet());
            result.setTopologicalOrderStr(order);
            result.setTopologicalOrder(order.stream().mapToInt(all::indexOf).toArray());
            return result;
        }

        /** The only vertex that reads another's output, if it has no preprocessor; else null. */
        String onlyReader(String name) {
            List<String> readers = new ArrayList<>();
            result.getVertexInputs()
                    .forEach(
                            (reader, inputs) ->
                                    inputs.stream()
                                            .filter(name::equals)
                                            .forEach(input -> readers.add(reader)));
            boolean one = readers.size() == 1 && !result.getNetworkOutputs().contains(name);
            return one
                            && result.getVertices().get(readers.get(0)) instanceof LayerVertex v
                            && v.getPreProcessor() == null
                    ? readers.get(0)
                    : null;
        }

        /**
         * The names of a layer and the layers after it, each the only reader of the previous one;
         * null if there are fewer.
         */
        List<String> chain(String first, int length) {
            List<String> names = new ArrayList<>();
            for (String name = first; name != null && names.size() < length; ) {
                boolean layer = result.getVertices().get(name) instanceof LayerVertex;
                names.add(name);
                name = layer ? onlyReader(name) : null;
            }
            boolean layers =
                    names.stream()
                            .allMatch(n -> result.getVertices().get(n) instanceof LayerVertex);
            return layers && names.size() == length ? names : null;
        }

        NeuralNetConfiguration layerConf(String name) {
            return ((LayerVertex) result.getVertices().get(name)).getLayerConf();
        }

        /** Replaces a chain of layers by another. */
        void replace(List<String> old, List<String> names, List<NeuralNetConfiguration> confs) {
            LayerVertex first = (LayerVertex) result.getVertices().get(old.get(0));
            List<String> inputs = result.getVertexInputs().get(old.get(0));
            String last = names.get(names.size() - 1);
            UnaryOperator<String> renamed = n -> n.equals(old.get(old.size() - 1)) ? last : n;
            Map<String, GraphVertex> vertices = new LinkedHashMap<>();
            Map<String, List<String>> allInputs = new LinkedHashMap<>();
            for (String name : result.getVertices().keySet()) {
                if (name.equals(old.get(0))) {
                    for (int i = 0; i < names.size(); i++) {
                        InputPreProcessor before = i == 0 ? first.getPreProcessor() : null;
                        vertices.put(names.get(i), new LayerVertex(confs.get(i), before));
                        allInputs.put(
                                names.get(i),
                                i == 0 ? inputs : new ArrayList<>(List.of(names.get(i - 1))));
                    }
                } else if (!old.contains(name)) {
                    vertices.put(name, result.getVertices().get(name));
                    List<String> from = new ArrayList<>(result.getVertexInputs().get(name));
                    from.replaceAll(renamed);
                    allInputs.put(name, from);
                }
            }
            order.addAll(order.indexOf(old.get(old.size() - 1)), names);
            order.removeAll(old);
            result.setVertices(vertices);
            result.setVertexInputs(allInputs);
            List<String> outputs = new ArrayList<>(result.getNetworkOutputs());
            outputs.replaceAll(renamed);
            result.setNetworkOutputs(outputs);
        }
    }
}
