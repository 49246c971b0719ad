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
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.constraints.Constraints;
import org.lamina.samediff.layers.SpecSameDiffLayer;
import org.lamina.support.LayerArrays;
import org.lamina.support.Masks;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.ExternalErrorsFunction;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a {@link SpecSameDiffLayer}. Adds to DL4J's SameDiff layer what that lacks in 1.0.0-M2.1:
 * dropout, weight noise, {@code setParam}, {@code clone}, masks, checks of the input, constraints
 * on forward, and inputs whose spatial size changes from call to call.
 */
public class SpecSameDiffLayerImpl extends SameDiffLayer {

    private static final long serialVersionUID = 1L;

    /** Graphs are kept for so many input sizes; building one costs some milliseconds. */
    private static final int KEPT_GRAPHS = 8;

    private static final String EPSILON_KEY = "epsilon";

    /** Tells DL4J's backward pass the name of the placeholder. */
    private static final ExternalErrorsFunction EPSILON =
            new ExternalErrorsFunction() {
                @Override
                public String getGradPlaceholderName() {
                    return EPSILON_KEY;
                }
            };

    /** The graph for one spatial input size. */
    private static final class Graph {
        private final SameDiff sameDiff;
        private final SDVariable outputVar;
        private final ExternalErrorsFunction fn;
        private final String outputKey;

        private Graph(SpecSameDiffLayerImpl layer) {
            this.sameDiff = layer.sameDiff;
            this.outputVar = layer.outputVar;
            this.fn = layer.fn;
            this.outputKey = layer.outputKey;
        }
    }

    private final transient Map<List<Long>, Graph> graphs =
            new LinkedHashMap<>(4, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<List<Long>, Graph> eldest) {
                    return size() > KEPT_GRAPHS;
                }
            };

    private final transient Map<String, INDArray> noisy = new HashMap<>();

    /** A layer without parameters yet. */
    public SpecSameDiffLayerImpl(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    private SpecSameDiffLayer<?> spec() {
        return (SpecSameDiffLayer<?>) (org.deeplearning4j.nn.conf.layers.Layer) layerConf();
    }

    // ---- forward and backward -------------------------------------------------------------------

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        LayerArrays.checkInput(input, spec().getSpec(), spec().isChannelsLast(), spec().describe());
        if (spec().isConstrainOnForward()) {
            Constraints.project(spec(), paramTable);
        }
        input = input.castTo(dataType);
        applyDropOutIfNecessary(training, workspaceMgr);
        selectGraph();
        bindParams(training, workspaceMgr);
        INDArray output = super.activate(training, workspaceMgr);
        applyOutputMask(output);
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
        LayerArrays.checkInput(input, spec().getSpec(), spec().isChannelsLast(), spec().describe());
        input = input.castTo(dataType);
        selectGraph();
        bindParams(true, workspaceMgr);
        INDArray delta = epsilon.castTo(dataType);
        if (maskArray != null && epsilon.rank() < 4) {
            delta = delta == epsilon ? epsilon.dup() : delta;
            applyOutputMask(delta);
        }
        Pair<Gradient, INDArray> result = super.backpropGradient(delta, workspaceMgr);
        for (String name : paramTable.keySet()) {
            result.getFirst()
                    .setGradientFor(name, gradTable.get(name), spec().paramReshapeOrder(name));
        }
        noisy.clear();
        return new Pair<>(result.getFirst(), backpropDropOutIfPresent(result.getSecond()));
    }

    /** Makes the graph for the input's spatial size the current one, building it if needed. */
    private void selectGraph() {
        long[] shape = input.shape();
        List<Long> key = Arrays.stream(shape).skip(1).boxed().toList();
        Graph graph = graphs.get(key);
        if (graph == null) {
            try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                doInit();
                QuietGradients.create(sameDiff, INPUT_KEY);
            }
            graph = new Graph(this);
            graphs.put(key, graph);
        }
        sameDiff = graph.sameDiff;
        outputVar = graph.outputVar;
        fn = graph.fn;
        outputKey = graph.outputKey;
    }

    /**
     * Builds the graph. The gradient comes in through a loss {@code sum(output * epsilon)}: with
     * the ExternalErrorsFunction that DL4J 1.0.0-M2.1 uses here, gradients come out twice as large.
     */
    @Override
    protected void doInit() {
        sameDiff = SameDiff.create();
        // Views of the network's parameters, so that updates need no copy.
        sameDiff.setArrayHolders(
                new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), false);
        long[] shape = input.shape().clone();
        shape[0] = -1;
        SDVariable x = sameDiff.placeHolder(INPUT_KEY, dataType, shape);
        Map<String, SDVariable> variables = new LinkedHashMap<>();
        for (Map.Entry<String, INDArray> entry : paramTable.entrySet()) {
            INDArray value = entry.getValue();
            variables.put(entry.getKey(), sameDiff.var(entry.getKey(), dataType, value.shape()));
            bind(sameDiff, entry.getKey(), value);
        }
        long[] any = new long[shape.length];
        Arrays.fill(any, -1);
        SDVariable mask = sameDiff.placeHolder(MASK_KEY, dataType, any);
        outputVar = spec().defineLayer(sameDiff, x, variables, mask);
        outputKey = outputVar.name();
        SDVariable epsilon = sameDiff.placeHolder(EPSILON_KEY, dataType, any);
        outputVar.mul(epsilon).sum().markAsLoss();
        fn = EPSILON;
    }

    /** Gives the graph the parameters, with weight noise if there is some. */
    private void bindParams(boolean training, LayerWorkspaceMgr workspaceMgr) {
        if (spec().getWeightNoise() == null) {
            return;
        }
        for (Map.Entry<String, INDArray> entry : paramTable.entrySet()) {
            String name = entry.getKey();
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
            bind(sameDiff, name, value);
            bind(sameDiff.getFunction("grad"), name, value);
        }
    }

    private static void bind(SameDiff sameDiff, String name, INDArray value) {
        sameDiff.associateArrayWithVariable(value, sameDiff.getVariable(name));
    }

    @Override
    public void clearNoiseWeightParams() {
        noisy.clear();
    }

    // ---- masks ----------------------------------------------------------------------------------

    private INDArray outputMask(INDArray mask) {
        return Masks.reduce(mask, spec().getSpec(), spec().describe());
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(
            INDArray mask, MaskState state, int minibatchSize) {
        this.maskArray = mask;
        this.maskState = state;
        return new Pair<>(mask == null ? null : outputMask(mask), state);
    }

    private void applyOutputMask(INDArray output) {
        if (maskArray != null) {
            Masks.apply(output, outputMask(maskArray), spec().isChannelsLast());
        }
    }

    // ---- DL4J bookkeeping -----------------------------------------------------------------------

    /** Once per update: not again after it where the forward pass does it. */
    @Override
    public void applyConstraints(int iteration, int epoch) {
        Constraints.afterUpdate(this, iteration, epoch);
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
    public Layer clone() {
        return spec().instantiate(conf, getListeners(), getIndex(), params.dup(), false, dataType);
    }
}
