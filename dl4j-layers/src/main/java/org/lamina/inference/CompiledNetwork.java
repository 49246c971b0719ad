package org.lamina.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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
import org.lamina.inference.Parameters.Place;
import org.lamina.inference.Parameters.Version;
import org.lamina.layers.TemporalSpatialFusion;
import org.lamina.onednn.OneDnn;
import org.lamina.onednn.Program;
import org.lamina.onednn.Program.Term;
import org.lamina.onednn.ThreadCount;
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
 * there. Where oneDNN would lose or spread NaN or infinity (a {@link
 * org.lamina.layers.MaxPooling2D}, a convolution of narrow groups, a ReLU of minus infinity whose
 * result reaches another function or the output), each run's values are checked, and if these are
 * not finite, whether by input, parameters or overflow, the network's own {@code output} is called.
 * Elsewhere infinity, also of sums that overflow, may give other outputs. A ReLU multiplies
 * negative values by 1e-30.
 *
 * <p>The network's parameters are compared with those of the last call each time, so training and
 * assignments are followed. A large batch is computed in pieces that fit a processor's cache, each
 * by one of as many threads as OpenMP has. Each thread has memory of its own, and several may call
 * at once while no other changes the network.
 *
 * <p>Supported are float networks of one input and output on a CPU with oneDNN: Lamina's 2D
 * convolutions, normalization and gates, DL4J's dense, pooling, activation and dropout layers, sums
 * and scales, without masks. For any other the network's own {@code output} is called: {@link
 * #unsupported} says why.
 */
public final class CompiledNetwork {

    /** Shapes of input that a thread keeps programs for. */
    private static final int SHAPES = 16;

    /**
     * Bytes of the largest intermediate value of examples that are computed together, unless the
     * parameters, which each piece reads, are more: then that many.
     */
    private static final long TOGETHER = 1 << 18;

    private final Model network;
    private final Parameters parameters;

    /** Each thread's, released with this object. */
    private final Map<Thread, Map<Work, Plan>> plans =
            Collections.synchronizedMap(new WeakHashMap<>());

    private CompiledNetwork(Model network) {
        this.network = network;
        this.parameters = new Parameters(network);
    }

    /** A network for inference. */
    public static CompiledNetwork of(MultiLayerNetwork network) {
        return new CompiledNetwork(network);
    }

    /** A network for inference. */
    public static CompiledNetwork of(ComputationGraph network) {
        return new CompiledNetwork(network);
    }

    /** Examples to compute at once, {@code [N, C, H, W]}, and the threads for each operation. */
    private record Work(List<Long> shape, ThreadCount threads) {

        static Work of(long examples, long[] shape, ThreadCount threads) {
            List<Long> dims = new ArrayList<>(List.of(examples));
            Arrays.stream(shape).skip(1).forEach(dims::add);
            return new Work(dims, threads);
        }
    }

    /** A program of the calling thread; without one, why. */
    private static final class Plan {

        private final Place place;
        private final Program program;
        private final long[] output;
        private final String unsupported;

        /** Those of the program's constants. */
        private Version parameters;

        private Plan(Place place, Program program, long[] output, String unsupported) {
            this.place = place;
            this.program = program;
            this.output = output;
            this.unsupported = unsupported;
        }

        static Plan none(Place place, String reason) {
            return new Plan(place, null, null, reason);
        }

        /** Computes examples from an index on; tells whether the result can be used. */
        boolean run(Version current, INDArray x, INDArray y, long first) {
            if (parameters != current) {
                program.refresh();
                parameters = current;
            }
            return program.run(x, y, first);
        }
    }

    /**
     * The network's output.
     *
     * @param x the input, as the network takes it
     * @return a new array
     */
    public INDArray output(INDArray x) {
        Version current = parameters.current();
        Plan one = plan(Work.of(1, x.shape(), ThreadCount.ALL), current);
        if (one.program == null) {
            return networksOutput(x);
        }
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray from = LayerArrays.contiguous(x.castTo(DataType.FLOAT));
            long[] shape = one.output.clone();
            shape[0] = x.size(0);
            INDArray y = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
            if (computed(current, one, from, y)) {
                return y;
            }
        }
        return networksOutput(x);
    }

    /** Several examples in pieces that fit the cache, each by one thread. */
    private boolean computed(Version current, Plan one, INDArray x, INDArray y) {
        long examples = x.size(0);
        long bytes = Math.max(TOGETHER, current.memory().capacity());
        long together = Math.max(1, bytes / one.program.largest());
        if (examples <= together) {
            return plan(Work.of(examples, x.shape(), ThreadCount.ALL), current)
                    .run(current, x, y, 0);
        }
        int threads = ThreadCount.available();
        long rounds = (examples + threads * together - 1) / (threads * together);
        long size = (examples + rounds * threads - 1) / (rounds * threads);
        AtomicLong next = new AtomicLong();
        AtomicBoolean usable = new AtomicBoolean(true);
        Runnable work =
                () -> {
                    long first;
                    while ((first = next.getAndAdd(size)) < examples) {
                        long number = Math.min(size, examples - first);
                        Plan plan = plan(Work.of(number, x.shape(), ThreadCount.ONE), current);
                        if (!plan.run(current, x, y, first)) {
                            usable.set(false);
                        }
                    }
                };
        List<ForkJoinTask<?>> others = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            others.add(ForkJoinTask.adapt(() -> ThreadCount.ONE.run(work)).fork());
        }
        ThreadCount.ONE.run(work);
        others.forEach(ForkJoinTask::join);
        return usable.get();
    }

    private INDArray networksOutput(INDArray x) {
        return network instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) network).output(x)
                : ((ComputationGraph) network).outputSingle(x);
    }

    /** Why input of this shape is given to the network itself; empty if it is not. */
    public Optional<String> unsupported(INDArray x) {
        Work one = Work.of(1, x.shape(), ThreadCount.ALL);
        return Optional.ofNullable(plan(one, parameters.current()).unsupported);
    }

    private Plan plan(Work work, Version current) {
        Map<Work, Plan> known = plans.computeIfAbsent(Thread.currentThread(), t -> recentlyUsed());
        Plan plan = known.get(work);
        if (plan == null || plan.place != current.place()) {
            plan = made(work, current.place());
            known.put(work, plan);
        }
        return plan;
    }

    private static Map<Work, Plan> recentlyUsed() {
        return new LinkedHashMap<>(SHAPES, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Work, Plan> eldest) {
                return size() > SHAPES;
            }
        };
    }

    // ---- making programs ------------------------------------------------------------------------

    private synchronized Plan made(Work work, Place place) {
        long[] shape = work.shape.stream().mapToLong(d -> d).toArray();
        if (!OneDnn.serves(place.all()) || shape.length != 4) {
            return Plan.none(place, "oneDNN takes float networks with input [N, C, H, W]");
        }
        if (!place.isWhole()) {
            return Plan.none(place, "a layer has parameters apart from the network's");
        }
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            Program program = new Program(shape);
            Lowering layers = new Lowering(program);
            Node input = Node.of(program, program.input());
            Node last =
                    network instanceof MultiLayerNetwork
                            ? sequence(fused((MultiLayerNetwork) network), layers, input)
                            : graph((ComputationGraph) network, layers, program, input);
            program.output(last.value(), layers.softmax());
            long[] output = last.value().shape();
            return new Plan(
                    place, program, layers.vectors() ? Arrays.copyOf(output, 2) : output, null);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return Plan.none(place, e.getMessage());
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
