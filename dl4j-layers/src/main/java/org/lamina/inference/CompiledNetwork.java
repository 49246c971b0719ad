package org.lamina.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.arrays.LayerArrays;
import org.lamina.layers.TemporalSpatialFusion;
import org.lamina.onednn.OneDnn;
import org.lamina.onednn.Program;
import org.lamina.onednn.Program.Term;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network for inference: its layers as one sequence of oneDNN operations. Batch normalization,
 * activation functions and sums are part of the convolutions before them, derived weights
 * (standardized, scaled, combined) are computed once, and intermediate values stay in oneDNN's
 * layouts.
 *
 * <pre>{@code
 * CompiledNetwork compiled = CompiledNetwork.of(network);
 * INDArray probabilities = compiled.output(features);
 * }</pre>
 *
 * <p>Outputs are those of the network's own {@code output} but for rounding, and NaN is where it is
 * there: a {@link org.lamina.layers.MaxPooling2D} and a convolution of narrow groups, for which
 * oneDNN would lose or spread NaN, check each run's values, and if these are not finite, whether by
 * input, parameters or overflow, the network's own {@code output} is called. Elsewhere infinity,
 * also of sums that overflow, may give other outputs: a ReLU leaves minus infinity as it is.
 *
 * <p>The network's parameters are compared with those of the last call each time, so training and
 * assignments are followed. Each thread has memory of its own, and several may call at once while
 * no other changes the network.
 *
 * <p>Supported are float networks of one input and output on a CPU with oneDNN: Lamina's 2D
 * convolutions, normalization and gates, DL4J's dense, pooling, activation and dropout layers, sums
 * and scales, without masks. For any other the network's own {@code output} is called: {@link
 * #unsupported} says why.
 */
public final class CompiledNetwork {

    /** Shapes of input that a thread keeps programs for. */
    private static final int SHAPES = 16;

    private final Model network;
    private final ThreadLocal<Map<List<Long>, Plan>> plans =
            ThreadLocal.withInitial(CompiledNetwork::recentlyUsed);

    private CompiledNetwork(Model network) {
        this.network = network;
    }

    /** A network for inference. */
    public static CompiledNetwork of(MultiLayerNetwork network) {
        return new CompiledNetwork(network);
    }

    /** A network for inference. */
    public static CompiledNetwork of(ComputationGraph network) {
        return new CompiledNetwork(network);
    }

    private static Map<List<Long>, Plan> recentlyUsed() {
        return new LinkedHashMap<>(SHAPES, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<List<Long>, Plan> eldest) {
                return size() > SHAPES;
            }
        };
    }

    /** A program for one shape of input; without one, why. */
    private record Plan(
            INDArray params,
            Program program,
            Parameters parameters,
            long[] output,
            String unsupported) {

        static Plan none(INDArray params, String reason) {
            return new Plan(params, null, null, null, reason);
        }

        /** The output; empty if the network is to compute it. */
        Optional<INDArray> run(INDArray x) {
            if (program == null) {
                return Optional.empty();
            }
            try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                if (parameters.changed()) {
                    program.refresh();
                }
                INDArray y = Nd4j.createUninitialized(DataType.FLOAT, output, 'c');
                boolean finite = program.run(LayerArrays.contiguous(x.castTo(DataType.FLOAT)), y);
                return finite ? Optional.of(y) : Optional.empty();
            }
        }
    }

    /**
     * The network's output.
     *
     * @param x the input, as the network takes it
     * @return a new array
     */
    public INDArray output(INDArray x) {
        return plan(x).run(x).orElseGet(() -> networksOutput(x));
    }

    private INDArray networksOutput(INDArray x) {
        return network instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) network).output(x)
                : ((ComputationGraph) network).outputSingle(x);
    }

    /** Why input of this shape is given to the network itself; empty if it is not. */
    public Optional<String> unsupported(INDArray x) {
        return Optional.ofNullable(plan(x).unsupported);
    }

    private Plan plan(INDArray x) {
        List<Long> shape = Arrays.stream(x.shape()).boxed().toList();
        Map<List<Long>, Plan> known = plans.get();
        Plan plan = known.get(shape);
        if (plan == null || address(plan.params) != address(network.params())) {
            plan = made(x.shape());
            known.put(shape, plan);
        }
        return plan;
    }

    /** Changes when the network is initialized anew. */
    private static long address(INDArray params) {
        return params.isEmpty() ? 0 : params.data().addressPointer().address();
    }

    // ---- making programs ------------------------------------------------------------------------

    private Plan made(long[] shape) {
        INDArray params = network.params();
        if (!OneDnn.serves(params) || shape.length != 4) {
            return Plan.none(params, "oneDNN takes float networks with input [N, C, H, W]");
        }
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            Program program = new Program(shape);
            Parameters parameters = new Parameters();
            Lowering layers = new Lowering(program, parameters);
            Node input = Node.of(program, program.input());
            Node last =
                    network instanceof MultiLayerNetwork
                            ? sequence(fused((MultiLayerNetwork) network), layers, input)
                            : graph((ComputationGraph) network, layers, program, input);
            program.output(last.value(), layers.softmax());
            parameters.changed(); // from now on
            program.refresh();
            long[] output = last.value().shape();
            return new Plan(
                    params,
                    program,
                    parameters,
                    layers.vectors() ? Arrays.copyOf(output, 2) : output,
                    null);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return Plan.none(params, e.getMessage());
        }
    }

    /** The network with its front as one layer, in the same memory, if it has such a front. */
    private static MultiLayerNetwork fused(MultiLayerNetwork network) {
        MultiLayerConfiguration conf = network.getLayerWiseConfigurations();
        MultiLayerConfiguration fused = TemporalSpatialFusion.fuse(conf);
        if (fused.getConfs().size() == conf.getConfs().size()) {
            return network;
        }
        MultiLayerNetwork result = new MultiLayerNetwork(fused);
        result.init(network.params(), false);
        return result;
    }

    private static Node sequence(MultiLayerNetwork network, Lowering layers, Node input) {
        Node node = input;
        for (int i = 0; i < network.getnLayers(); i++) {
            check(network.getLayerWiseConfigurations().getInputPreProcess(i));
            node = layers.output(network.getLayer(i), node);
        }
        return node;
    }

    private static Node graph(
            ComputationGraph network, Lowering layers, Program program, Node input) {
        List<String> inputs = network.getConfiguration().getNetworkInputs();
        List<String> outputs = network.getConfiguration().getNetworkOutputs();
        if (inputs.size() != 1 || outputs.size() != 1) {
            throw new UnsupportedOperationException("a graph of several inputs or outputs");
        }
        Map<String, List<String>> inputsOf = network.getConfiguration().getVertexInputs();
        Map<String, Integer> uses = new HashMap<>();
        inputsOf.values().forEach(of -> of.forEach(name -> uses.merge(name, 1, Integer::sum)));
        Map<String, Node> nodes = new HashMap<>(Map.of(inputs.get(0), input));
        for (int i : network.topologicalSortOrder()) {
            String name = network.getVertices()[i].getVertexName();
            if (nodes.containsKey(name)) {
                continue;
            }
            List<Node> of = new ArrayList<>();
            for (String before : inputsOf.get(name)) {
                Node node = nodes.get(before);
                // What several vertices use is computed once.
                of.add(uses.get(before) > 1 ? Node.of(program, node.value()) : node);
            }
            GraphVertex vertex = network.getConfiguration().getVertices().get(name);
            Layer layer = network.getVertices()[i].getLayer();
            nodes.put(name, output(vertex, layer, layers, of));
        }
        return nodes.get(outputs.get(0));
    }

    private static Node output(
            GraphVertex vertex, Layer layer, Lowering layers, List<Node> inputs) {
        if (vertex instanceof LayerVertex) {
            check(((LayerVertex) vertex).getPreProcessor());
            return layers.output(layer, inputs.get(0));
        }
        if (vertex instanceof ScaleVertex) {
            double factor = ((ScaleVertex) vertex).getScaleFactor();
            return inputs.get(0).scaled(1, () -> new double[] {factor}, null);
        }
        if (vertex instanceof ElementWiseVertex
                && ((ElementWiseVertex) vertex).getOp() == ElementWiseVertex.Op.Add) {
            Node sum = inputs.get(0);
            for (Node summand : inputs.subList(1, inputs.size())) {
                sum = sum.with(Term.add(summand.value()));
            }
            return sum;
        }
        throw new UnsupportedOperationException(vertex.getClass().getName());
    }

    /** A dense layer reads images without one. */
    private static void check(InputPreProcessor processor) {
        boolean flattens =
                processor instanceof CnnToFeedForwardPreProcessor
                        && ((CnnToFeedForwardPreProcessor) processor).getFormat()
                                == CNN2DFormat.NCHW;
        if (processor != null && !flattens) {
            throw new UnsupportedOperationException(processor.getClass().getName());
        }
    }
}
