package org.lamina.samediff.layers.impl;

import java.util.ArrayList;
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
import org.deeplearning4j.nn.layers.samediff.DL4JSameDiffMemoryMgr;
import org.deeplearning4j.nn.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.constraints.Constraints;
import org.lamina.samediff.layers.GraphPass;
import org.lamina.samediff.layers.SpecSameDiffLayer;
import org.lamina.spec.ParamSpec;
import org.lamina.support.LayerArrays;
import org.lamina.support.Masks;
import org.lamina.support.RunningStatistics;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.autodiff.samediff.internal.InferenceSession;
import org.nd4j.autodiff.samediff.internal.SessionMemMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a {@link SpecSameDiffLayer}. Adds to DL4J's SameDiff layer what that lacks in 1.0.0-M2.1:
 * dropout, weight noise, {@code setParam}, {@code clone}, masks, checks of the input, constraints
 * on forward, and inputs whose spatial size changes from call to call.
 */
public class SpecSameDiffLayerImpl extends SameDiffLayer {

    private static final long serialVersionUID = 1L;

    /** So many graphs are kept; building one costs some milliseconds. */
    private static final int KEPT_GRAPHS = 16;

    private static final String EPSILON_KEY = "epsilon";
    private static final String GRADIENT_FUNCTION = "grad";
    private static final String OUTPUT_MASK_KEY = "outputMask";

    /** What a graph is built for. */
    private record Use(List<Long> exampleShape, boolean training, boolean masked) {}

    /**
     * A graph.
     *
     * @param output name of its output
     * @param statistics names of the batch's statistics, by parameter
     */
    private record Graph(SameDiff sameDiff, String output, Map<String, String> statistics) {}

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
        input =
                Masks.applied(
                        input.castTo(dataType),
                        maskArray,
                        spec().isChannelsLast(),
                        workspaceMgr,
                        spec().describe());
        applyDropOutIfNecessary(training, workspaceMgr);
        Graph graph = graph(training);
        SameDiff sameDiff = graph.sameDiff();
        bindNoisyParams(sameDiff, training);
        session(sameDiff)
                .setMmgr(memory(workspaceMgr, ArrayType.FF_WORKING_MEM, ArrayType.ACTIVATIONS));
        INDArray output = sameDiff.output(placeholders(), graph.output()).get(graph.output());
        // The graph's last op may give a view of an array that it does not own.
        output = workspaceMgr.leverageTo(ArrayType.ACTIVATIONS, output);
        release(sameDiff);
        Masks.apply(output, outputMask(), spec().isChannelsLast());
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
        SameDiff sameDiff = graph.sameDiff();
        bindNoisyParams(sameDiff, trainingPass);
        INDArray delta = epsilon.castTo(dataType);
        if (maskArray != null && epsilon.rank() < 4) {
            delta = delta == epsilon ? epsilon.dup() : delta;
            Masks.apply(delta, outputMask(), spec().isChannelsLast());
        }
        session(sameDiff.getFunction(GRADIENT_FUNCTION))
                .setMmgr(memory(workspaceMgr, ArrayType.BP_WORKING_MEM, ArrayType.ACTIVATION_GRAD));
        Map<String, INDArray> placeholders = placeholders();
        placeholders.put(EPSILON_KEY, inOrder(delta));
        List<String> variables = new ArrayList<>(List.of(INPUT_KEY));
        trainedParams().forEach(param -> variables.add(param.name()));
        OutAndGrad result =
                sameDiff.calculateGradientsAndOutputs(
                        placeholders, graph.statistics().values(), variables);
        Gradient gradient = new DefaultGradient();
        for (ParamSpec param : spec().getSpec().params()) {
            INDArray view = gradTable.get(param.name());
            INDArray value = result.getGradients().get(param.name());
            if (value == null) { // not trained, or the output does not depend on it
                view.assign(0);
            } else {
                view.assign(value);
            }
            gradient.setGradientFor(param.name(), view, param.order());
        }
        graph.statistics()
                .forEach((param, name) -> statistics.collect(param, result.getOutputs().get(name)));
        INDArray dx =
                workspaceMgr.dup(ArrayType.ACTIVATION_GRAD, result.getGradients().get(INPUT_KEY));
        release(sameDiff);
        noisy.clear();
        dx = backpropDropOutIfPresent(dx);
        Masks.apply(dx, maskArray, spec().isChannelsLast());
        return new Pair<>(gradient, dx);
    }

    private void checkInput(boolean training) {
        LayerArrays.checkInput(
                input, spec().getSpec(), training, spec().isChannelsLast(), spec().describe());
    }

    private List<ParamSpec> trainedParams() {
        return spec().getSpec().params().stream().filter(p -> p.role().trained()).toList();
    }

    private Map<String, INDArray> placeholders() {
        Map<String, INDArray> arrays = new HashMap<>(graphInputs(trainingPass));
        arrays.put(INPUT_KEY, inOrder(input));
        for (ParamSpec param : spec().getSpec().params()) {
            if (!param.role().trained()) {
                arrays.put(param.name(), paramTable.get(param.name()));
            }
        }
        INDArray mask = Masks.factor(maskArray, input.rank(), dataType);
        if (mask != null) {
            arrays.put(MASK_KEY, mask);
            arrays.put(OUTPUT_MASK_KEY, Masks.factor(outputMask(), input.rank(), dataType));
        }
        return arrays;
    }

    /** ND4J's expand_dims fails on 'f' order arrays, such as an LSTM's output. */
    static INDArray inOrder(INDArray array) {
        return array.ordering() == 'c' && Shape.hasDefaultStridesForShape(array)
                ? array
                : array.dup('c');
    }

    private static InferenceSession session(SameDiff sameDiff) {
        return sameDiff.getSessions()
                .computeIfAbsent(
                        Thread.currentThread().getId(),
                        thread -> SameDiff.getInferenceFactory().create(sameDiff));
    }

    /** Lets a graph allocate in DL4J's workspaces. */
    private static SessionMemMgr memory(
            LayerWorkspaceMgr workspaceMgr, ArrayType working, ArrayType output) {
        return new DL4JSameDiffMemoryMgr(
                workspaceMgr.getWorkspaceName(working),
                workspaceMgr.getWorkspaceName(output),
                workspaceMgr.getConfiguration(working),
                workspaceMgr.getConfiguration(output));
    }

    /** So that a graph keeps no array of a workspace that closes. */
    static void release(SameDiff sameDiff) {
        sameDiff.clearPlaceholders(true);
        sameDiff.clearOpInputs();
    }

    /** The graph for this input and mode, built if needed. */
    private Graph graph(boolean training) {
        boolean masked = Masks.factor(maskArray, input.rank(), dataType) != null;
        Use use = new Use(Arrays.stream(input.shape()).skip(1).boxed().toList(), training, masked);
        Graph graph = graphs.get(use);
        if (graph == null) {
            try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                graph = build(use);
            }
            graphs.put(use, graph);
        }
        return graph;
    }

    /**
     * Builds a graph. The gradient comes in through a loss {@code sum(output * epsilon)}: with the
     * ExternalErrorsFunction that DL4J 1.0.0-M2.1 uses here, gradients come out twice as large.
     */
    private Graph build(Use use) {
        SameDiff sameDiff = SameDiff.create();
        // Views of the network's parameters, so that updates need no copy.
        sameDiff.setArrayHolders(
                new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), false);
        long[] shape = input.shape().clone();
        shape[0] = -1;
        SDVariable x = sameDiff.placeHolder(INPUT_KEY, dataType, shape);
        Map<String, SDVariable> variables = new LinkedHashMap<>();
        for (ParamSpec param : spec().getSpec().params()) {
            String name = param.name();
            if (param.role().trained()) {
                variables.put(name, sameDiff.var(name, dataType, param.shape()));
                bind(sameDiff, name, paramTable.get(name));
            } else {
                variables.put(name, sameDiff.placeHolder(name, dataType, param.shape()));
            }
        }
        SDVariable mask = null;
        SDVariable outputMask = null;
        if (use.masked()) {
            long[] maskShape = Masks.factor(maskArray, shape.length, dataType).shape();
            maskShape[0] = -1;
            long[] outputMaskShape = Masks.factor(outputMask(), shape.length, dataType).shape();
            outputMaskShape[0] = -1;
            mask = sameDiff.placeHolder(MASK_KEY, dataType, maskShape);
            outputMask = sameDiff.placeHolder(OUTPUT_MASK_KEY, dataType, outputMaskShape);
        }
        Map<String, SDVariable> more = new HashMap<>();
        graphInputs(use.training())
                .forEach(
                        (name, array) -> {
                            long[] arrayShape = array.shape().clone();
                            arrayShape[0] = -1;
                            more.put(name, sameDiff.placeHolder(name, dataType, arrayShape));
                        });
        GraphPass pass = new GraphPass(use.training(), mask, outputMask, more);
        SDVariable output = spec().defineLayer(x, variables, pass);
        long[] any = new long[shape.length];
        Arrays.fill(any, -1);
        SDVariable epsilon = sameDiff.placeHolder(EPSILON_KEY, dataType, any);
        output.mul(epsilon).sum().markAsLoss();
        Map<String, String> statisticNames = new LinkedHashMap<>();
        pass.statistics().forEach((param, value) -> statisticNames.put(param, value.name()));
        QuietGradients.create(sameDiff, INPUT_KEY);
        return new Graph(sameDiff, output.name(), statisticNames);
    }

    /** With weight noise, gives the graph the noisy parameters. */
    private void bindNoisyParams(SameDiff sameDiff, boolean training) {
        if (spec().getWeightNoise() == null) {
            return;
        }
        for (ParamSpec param : trainedParams()) {
            String name = param.name();
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
            bind(sameDiff.getFunction(GRADIENT_FUNCTION), name, value);
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

    private INDArray outputMask() {
        return maskArray == null
                ? null
                : Masks.reduce(maskArray, spec().getSpec(), spec().describe());
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(
            INDArray mask, MaskState state, int minibatchSize) {
        this.maskArray = mask;
        this.maskState = state;
        return new Pair<>(outputMask(), state);
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
    public Layer clone() {
        INDArray copy = params == null ? null : params.dup(); // null: the layer has no parameters
        return spec().instantiate(conf, getListeners(), getIndex(), copy, false, dataType);
    }
}
