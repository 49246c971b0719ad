package org.lamina.layers.base;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.arrays.ChannelOrder;
import org.lamina.arrays.LayerArrays;
import org.lamina.arrays.Masks;
import org.lamina.arrays.ShapeInfoCache;
import org.lamina.arrays.WorkspaceMemory;
import org.lamina.constraints.Constraints;
import org.lamina.spec.ParamSpec;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Base of both forms' layer implementations: input checks, dropout, weight noise, constraints,
 * masks, running statistics and bookkeeping. Each form adds the computation of output and
 * gradients.
 *
 * @param <C> the layer's configuration
 */
public abstract class AbstractSpecLayerImpl<C extends AbstractSpecLayer<?>> extends BaseLayer<C> {

    static {
        ShapeInfoCache.install();
        WorkspaceMemory.install();
    }

    private final RunningStatistics statistics = new RunningStatistics();

    private transient Masks masks = Masks.NONE;

    /** Random factors of the examples of the last training pass; null for a layer without any. */
    private double[] exampleFactors;

    /** Mode of the last forward pass, which the backward pass follows. */
    private boolean trainingPass = true;

    /** Creates a layer without parameters. */
    protected AbstractSpecLayerImpl(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    /**
     * Computes the layer's output for {@link #input}, in DL4J's memory for activations.
     *
     * @param training whether this is a training pass
     */
    protected abstract INDArray output(boolean training, LayerWorkspaceMgr workspaceMgr);

    /**
     * Writes the gradients of the parameters into their views.
     *
     * @param training whether the forward pass was a training pass
     * @param delta gradient of the output; must not be modified
     * @return gradient of the input, in DL4J's memory for activation gradients; null if it is not
     *     needed
     */
    protected abstract INDArray gradients(
            boolean training, INDArray delta, LayerWorkspaceMgr workspaceMgr);

    // ---- forward and backward -------------------------------------------------------------------

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        LayerArrays.checkInput(
                input, layerConf().getSpec(), training, channelsLast(), layerConf().describe());
        if (layerConf().isConstrainOnForward()) {
            Constraints.project(layerConf(), params);
        }
        trainingPass = training;
        statistics.newPass();
        if (training) {
            weightNoiseParams.clear();
            exampleFactors =
                    layerConf()
                            .getSpec()
                            .exampleFactors(
                                    input.size(0), iterationCount, Nd4j.getRandom()::nextLong);
        }
        input = LayerArrays.cast(input, dataType, workspaceMgr);
        input = masks().applied(input, channelsLast(), workspaceMgr);
        applyDropOutIfNecessary(training, workspaceMgr);
        INDArray output = output(training, workspaceMgr);
        masks().applyToOutput(output, input, channelsLast());
        return output;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
            INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(true);
        if (epsilon == null) {
            throw new DL4JInvalidConfigException(
                    layerConf().describe()
                            + ": no gradient came back from the layer after it;"
                            + " inputGradient(false) is for a network's first layer only");
        }
        INDArray delta = epsilon.castTo(dataType);
        if (!masks().isNone()) {
            delta = delta == epsilon ? epsilon.dup() : delta;
            masks().applyToOutput(delta, input, channelsLast());
        }
        INDArray dx = gradients(trainingPass, delta, workspaceMgr);
        Gradient gradient = new DefaultGradient();
        for (ParamSpec param : layerConf().getSpec().params()) {
            gradient.setGradientFor(param.name(), gradientViews.get(param.name()), param.order());
        }
        if (dx != null) {
            dx = backpropDropOutIfPresent(dx);
            masks().applyToInput(dx, channelsLast());
        }
        return new Pair<>(gradient, dx);
    }

    /**
     * A parameter as used in this pass, with weight noise, which is drawn anew for each training
     * pass. Null if the layer does not have it.
     */
    protected final INDArray param(String name, boolean training, LayerWorkspaceMgr workspaceMgr) {
        boolean noise =
                layerConf().getWeightNoise() != null
                        && params.containsKey(name)
                        && layerConf().isTrained(name);
        return noise ? getParamWithNoise(name, training, workspaceMgr) : getParam(name);
    }

    /** The gradient of a parameter; null if the layer does not have it. */
    protected final INDArray gradientView(String param) {
        return gradientViews == null ? null : gradientViews.get(param);
    }

    /** Updates a running statistic with that of the batch in this training pass. */
    protected final void moveStatistic(String param, INDArray batch) {
        statistics.move(param, getParam(param), batch, layerConf().getSpec().momentum());
    }

    /**
     * As in DL4J, but the result stays valid for a backward pass after {@code feedForward}, where
     * DL4J 1.0.0-M2.1 keeps inputs in memory that the next layer overwrites.
     */
    @Override
    protected void applyDropOutIfNecessary(boolean training, LayerWorkspaceMgr workspaceMgr) {
        IDropout dropout = layerConf().getIDropout();
        if (training && !dropoutApplied && dropout != null) {
            INDArray result = inputModificationAllowed ? input : uninitialized(input, workspaceMgr);
            input =
                    dropout.applyDropout(
                            input, result, getIterationCount(), getEpochCount(), workspaceMgr);
            dropoutApplied = true;
        }
    }

    private INDArray uninitialized(INDArray like, LayerWorkspaceMgr workspaceMgr) {
        return workspaceMgr.createUninitialized(
                ArrayType.ACTIVATIONS, dataType, like.shape(), like.ordering());
    }

    /** Whether activations have their channels last. */
    protected final boolean channelsLast() {
        return layerConf().isChannelsLast();
    }

    // ---- masks ----------------------------------------------------------------------------------

    /**
     * The masks of the input and after each of the layer's windows; none if all positions are
     * unmasked.
     */
    protected final Masks masks() {
        masks = masks.forMask(maskArray, layerConf().getSpec().windows(), layerConf().describe());
        return masks;
    }

    /** The {@link LayerInputs} of a pass, by name. */
    protected final Map<String, INDArray> otherInputs(boolean training) {
        Map<String, INDArray> arrays = new HashMap<>();
        if (!masks().isNone()) {
            long[] shape = ChannelOrder.shapeFirst(input, channelsLast());
            arrays.putAll(LayerInputs.masks(masks().factors(shape, dataType)));
        }
        if (training && exampleFactors != null) {
            long[] shape = new long[input.rank()];
            Arrays.fill(shape, 1);
            shape[0] = exampleFactors.length;
            arrays.put(LayerInputs.EXAMPLE_FACTORS, Nd4j.create(exampleFactors, shape, dataType));
        }
        return arrays;
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(
            INDArray mask, MaskState state, int minibatchSize) {
        this.maskArray = mask;
        this.maskState = state;
        this.masks = Masks.of(mask, layerConf().getSpec().windows(), layerConf().describe());
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
    }

    @Override
    public void setParamsViewArray(INDArray view) {
        super.setParamsViewArray(view);
        if (params != null) {
            params = layerConf().initializer().init(conf, view, false);
        }
    }

    @Override
    public void setParams(INDArray values) {
        if (values != paramsFlattened) {
            if (values.length() != paramsFlattened.length()) {
                throw new IllegalArgumentException(
                        String.format(
                                "%s: %s parameters given; the layer has %s",
                                layerConf().describe(), values.length(), paramsFlattened.length()));
            }
            paramsFlattened.assign(values.reshape(paramsFlattened.shape()));
        }
    }

    @Override
    public void setParam(String key, INDArray value) {
        LayerArrays.setParam(params, key, value, layerConf().describe());
    }

    @Override
    public Layer clone() {
        // null: the layer has no parameters
        INDArray copy = paramsFlattened == null ? null : paramsFlattened.dup();
        return layerConf().instantiate(conf, getListeners(), getIndex(), copy, false, dataType);
    }

    @Override
    public boolean hasBias() {
        return layerConf().getSpec().params().stream().anyMatch(ParamSpec::bias);
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }
}
