package org.lamina.samediff.layers.impl;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.constraints.Constraints;
import org.lamina.samediff.execution.KernelProvider;
import org.lamina.samediff.execution.LayerGraph;
import org.lamina.samediff.layers.SpecSameDiffLayer;
import org.lamina.spec.ParamSpec;
import org.lamina.support.ChannelOrder;
import org.lamina.support.LayerArrays;
import org.lamina.support.Masks;
import org.lamina.support.RunningStatistics;
import org.lamina.support.ShapeInfoCache;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a {@link SpecSameDiffLayer}. Adds to DL4J's SameDiff layer what that lacks in 1.0.0-M2.1:
 * dropout, weight noise, {@code setParam}, {@code clone}, masks, checks of the input, constraints
 * on forward, and inputs whose spatial size changes from call to call.
 */
public class SpecSameDiffLayerImpl extends SameDiffLayer {

    private static final long serialVersionUID = 1L;

    static {
        ShapeInfoCache.install();
    }

    /** So many graphs are kept; building one costs some milliseconds. */
    private static final int KEPT_GRAPHS = 16;

    /** What a graph is built for. */
    private record Use(List<Long> exampleShape, boolean training, boolean masked) {}

    /**
     * A graph.
     *
     * @param statistics names of the batch's statistics, by parameter
     */
    private record Graph(LayerGraph graph, Map<String, String> statistics) {}

    private final transient Map<Use, Graph> graphs =
            new LinkedHashMap<>(4, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Use, Graph> eldest) {
                    return size() > KEPT_GRAPHS;
                }
            };

    private final RunningStatistics statistics = new RunningStatistics();

    /** Mode of the last forward pass, which the backward pass follows. */
    private boolean trainingPass = true;

    /** Input of the last forward pass. */
    private transient INDArray forwardInput;

    private transient Masks masks = Masks.NONE;

    private final transient Map<String, INDArray> noisy = new HashMap<>();

    /** A layer without parameters yet. */
    public SpecSameDiffLayerImpl(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    /** The layer's configuration. */
    protected final SpecSameDiffLayer<?> spec() {
        return (SpecSameDiffLayer<?>) (org.deeplearning4j.nn.conf.layers.Layer) layerConf();
    }

    /**
     * Arrays that the layer's graph needs beside the layer's input, by name: in each the first
     * dimension is the minibatch. They must be the same in a pass forward and backward.
     */
    protected Map<String, INDArray> graphInputs(boolean training) {
        return Map.of();
    }

    // ---- forward and backward -------------------------------------------------------------------

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        checkInput(training);
        if (spec().isConstrainOnForward()) {
            Constraints.project(spec(), paramTable);
        }
        trainingPass = training;
        input = masks().applied(input.castTo(dataType), spec().isChannelsLast(), workspaceMgr);
        applyDropOutIfNecessary(training, workspaceMgr);
        forwardInput = input;
        INDArray output = graph(training).graph().output(inputs(training), training, workspaceMgr);
        masks().applyToOutput(output, input, spec().isChannelsLast());
        return output;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
            INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(true);
        if (epsilon == null) {
            throw new DL4JInvalidConfigException(
                    spec().describe()
                            + ": no gradient came back from the layer after it;"
                            + " inputGradient(false) is for a network's first layer only");
        }
        checkInput(trainingPass);
        input = input.castTo(dataType);
        Graph graph = graph(trainingPass);
        INDArray delta = epsilon.castTo(dataType);
        if (!masks().isNone()) {
            delta = delta == epsilon ? epsilon.dup() : delta;
            masks().applyToOutput(delta, input, spec().isChannelsLast());
        }
        LayerGraph.Gradients result =
                graph.graph()
                        .gradients(
                                inputs(trainingPass),
                                LayerArrays.contiguous(delta),
                                input == forwardInput,
                                workspaceMgr,
                                gradTable == null ? Map.of() : gradTable);
        Gradient gradient = new DefaultGradient();
        for (ParamSpec param : spec().getSpec().params()) {
            INDArray view = gradTable.get(param.name());
            INDArray value = result.byVariable().get(param.name());
            if (value == null) { // not trained, or the output does not depend on it
                view.assign(0);
            } else if (value != view) {
                view.assign(value);
            }
            gradient.setGradientFor(param.name(), view, param.order());
        }
        graph.statistics()
                .forEach((param, name) -> statistics.collect(param, result.extras().get(name)));
        INDArray dx = result.byVariable().get(LayerGraphBuilder.INPUT);
        noisy.clear();
        dx = backpropDropOutIfPresent(dx);
        masks().applyToInput(dx, spec().isChannelsLast());
        return new Pair<>(gradient, dx);
    }

    private void checkInput(boolean training) {
        LayerArrays.checkInput(
                input, spec().getSpec(), training, spec().isChannelsLast(), spec().describe());
    }

    /** The values that the graph is given. */
    private Map<String, INDArray> inputs(boolean training) {
        Map<String, INDArray> arrays = new HashMap<>(graphInputs(training));
        arrays.put(LayerGraphBuilder.INPUT, LayerArrays.contiguous(input));
        for (ParamSpec param : spec().getSpec().params()) {
            boolean noise = spec().getWeightNoise() != null && param.role().trained();
            String name = param.name();
            arrays.put(name, noise ? noisy(name, training) : paramTable.get(name));
        }
        arrays.putAll(LayerGraphBuilder.masks(maskFactors()));
        return arrays;
    }

    /** The parameter with weight noise. */
    private INDArray noisy(String name, boolean training) {
        INDArray value = training ? noisy.get(name) : null;
        if (value == null) {
            try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                value =
                        spec().getWeightNoise()
                                .getParameter(
                                        this,
                                        name,
                                        getIterationCount(),
                                        getEpochCount(),
                                        training,
                                        LayerWorkspaceMgr.noWorkspaces());
            }
            if (training) {
                noisy.put(name, value); // the backward pass sees the same noise
            }
        }
        return value;
    }

    /** The graph for this input and mode, built if needed. */
    private Graph graph(boolean training) {
        List<Long> shape = Arrays.stream(input.shape()).skip(1).boxed().toList();
        Use use = new Use(shape, training, !masks().isNone());
        Graph graph = graphs.get(use);
        if (graph == null) {
            try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                graph = build(use);
            }
            graphs.put(use, graph);
        }
        return graph;
    }

    private Graph build(Use use) {
        LayerGraphBuilder.Built built =
                LayerGraphBuilder.build(
                        spec(),
                        paramTable == null ? Map.of() : paramTable,
                        dataType,
                        input.shape(),
                        use.training(),
                        graphInputs(use.training()),
                        maskFactors());
        return new Graph(
                LayerGraph.of(built.definition(), KernelProvider.installed()), built.statistics());
    }

    @Override
    public void clearNoiseWeightParams() {
        noisy.clear();
    }

    // ---- masks ----------------------------------------------------------------------------------

    private Masks masks() {
        masks = masks.orOf(maskArray, spec().getSpec(), spec().describe());
        return masks;
    }

    private List<INDArray> maskFactors() {
        return masks().factors(ChannelOrder.shapeFirst(input, spec().isChannelsLast()), dataType);
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(
            INDArray mask, MaskState state, int minibatchSize) {
        this.maskArray = mask;
        this.maskState = state;
        this.masks = Masks.of(mask, spec().getSpec(), spec().describe());
        return new Pair<>(masks.output(), state);
    }

    // ---- DL4J bookkeeping -----------------------------------------------------------------------

    /**
     * DL4J calls this once after every update of a layer that is not frozen. Norm constraints that
     * the forward pass applies are not applied again.
     */
    @Override
    public void applyConstraints(int iteration, int epoch) {
        Constraints.afterUpdate(this, iteration, epoch);
        statistics.apply(spec().getSpec(), paramTable);
    }

    @Override
    public void setParam(String key, INDArray value) {
        LayerArrays.setParam(paramTable, key, value, spec().describe());
    }

    @Override
    public void setParamsViewArray(INDArray view) {
        super.setParamsViewArray(view);
        if (paramTable != null) {
            paramTable = spec().initializer().init(conf, view, false);
            graphs.clear(); // they hold the former arrays
        }
    }

    @Override
    public void clear() {
        super.clear();
        forwardInput = null;
        graphs.values().forEach(graph -> graph.graph().clear());
    }

    @Override
    public Layer clone() {
        INDArray copy = params == null ? null : params.dup(); // null: the layer has no parameters
        return spec().instantiate(conf, getListeners(), getIndex(), copy, false, dataType);
    }
}
