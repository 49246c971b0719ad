package org.lamina.layers.samediff;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.activations.Activations;
import org.lamina.arrays.LayerArrays;
import org.lamina.layers.base.AbstractSpecLayerImpl;
import org.lamina.samediff.execution.LayerGraph;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs the graph of a {@link SpecSameDiffLayer}. The input's spatial size may change from call to
 * call.
 */
class SpecSameDiffLayerImpl extends AbstractSpecLayerImpl<SpecSameDiffLayer<?>> {

    /** Size of the graph cache; building a graph takes some milliseconds. */
    private static final int KEPT_GRAPHS = 16;

    /** What a cached graph depends on. */
    private record GraphKey(List<Long> exampleShape, boolean training, boolean masked) {}

    /**
     * A graph.
     *
     * @param statistics names of the batch's statistics, by parameter
     */
    private record Graph(LayerGraph graph, Map<String, String> statistics) {}

    private final transient Map<GraphKey, Graph> graphs =
            new LinkedHashMap<>(4, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<GraphKey, Graph> eldest) {
                    return size() > KEPT_GRAPHS;
                }
            };

    /**
     * The graph's output in the last training pass, if the activation function is not in the graph.
     */
    private transient INDArray kept;

    /** Input of the last forward pass. */
    private transient INDArray forwardInput;

    public SpecSameDiffLayerImpl(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    protected INDArray output(boolean training, LayerWorkspaceMgr workspaceMgr) {
        forwardInput = input;
        INDArray z = preActivation(training, workspaceMgr);
        kept = null;
        if (layerConf().activatesInGraph()) {
            return z;
        }
        kept = training ? z : null;
        INDArray output =
                workspaceMgr.createUninitialized(ArrayType.ACTIVATIONS, dataType, z.shape(), 'c');
        Activations.apply(layerConf().getActivationFn(), z, output, training);
        return output;
    }

    /**
     * The graph's output: the layer's, or before its activation function if that is not in the
     * graph.
     */
    private INDArray preActivation(boolean training, LayerWorkspaceMgr workspaceMgr) {
        return graph(training)
                .graph()
                .output(inputs(training, workspaceMgr), training, workspaceMgr);
    }

    @Override
    protected INDArray gradients(boolean training, INDArray delta, LayerWorkspaceMgr workspaceMgr) {
        boolean afterOutput = input == forwardInput;
        input = input.castTo(dataType);
        INDArray gradient = delta;
        if (!layerConf().activatesInGraph()) {
            INDArray z = kept != null ? kept : preActivation(training, workspaceMgr);
            gradient = Nd4j.createUninitialized(dataType, z.shape(), 'c');
            Activations.gradient(layerConf().getActivationFn(), z, delta, gradient);
        }
        Graph graph = graph(training);
        LayerGraph.Gradients result =
                graph.graph()
                        .gradients(
                                inputs(training, workspaceMgr),
                                LayerArrays.contiguous(gradient),
                                afterOutput,
                                workspaceMgr,
                                gradientViews == null ? Map.of() : gradientViews);
        for (ParamSpec param : layerConf().getSpec().params()) {
            INDArray view = gradientView(param.name());
            INDArray value = result.byVariable().get(param.name());
            if (value == null) { // not trained, or the output does not depend on it
                view.assign(0);
            } else if (value != view) {
                view.assign(value);
            }
        }
        graph.statistics()
                .forEach((param, name) -> moveStatistic(param, result.extras().get(name)));
        return layerConf().isInputGradient()
                ? result.byVariable().get(LayerGraphBuilder.INPUT)
                : null;
    }

    /** Values of the graph's inputs. */
    private Map<String, INDArray> inputs(boolean training, LayerWorkspaceMgr workspaceMgr) {
        Map<String, INDArray> arrays = otherInputs(training);
        arrays.put(LayerGraphBuilder.INPUT, LayerArrays.contiguous(input));
        for (ParamSpec param : layerConf().getSpec().params()) {
            arrays.put(param.name(), param(param.name(), training, workspaceMgr));
        }
        return arrays;
    }

    /** The graph for this input and mode, built if needed. */
    private Graph graph(boolean training) {
        List<Long> shape = Arrays.stream(input.shape()).skip(1).boxed().toList();
        GraphKey key = new GraphKey(shape, training, !masks().isNone());
        Graph graph = graphs.get(key);
        if (graph == null) {
            try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                graph = build(key);
            }
            graphs.put(key, graph);
        }
        return graph;
    }

    private Graph build(GraphKey key) {
        LayerGraphBuilder.Built built =
                LayerGraphBuilder.build(
                        layerConf(),
                        params,
                        dataType,
                        input.shape(),
                        key.training(),
                        otherInputs(key.training()));
        return new Graph(LayerGraph.of(built.definition()), built.statistics());
    }

    // ---- DL4J bookkeeping -----------------------------------------------------------------------

    @Override
    public void setParamsViewArray(INDArray view) {
        super.setParamsViewArray(view);
        graphs.clear(); // they refer to the previous arrays
    }

    @Override
    public void clear() {
        super.clear();
        forwardInput = null;
        kept = null;
        graphs.values().forEach(graph -> graph.graph().clear());
    }
}
