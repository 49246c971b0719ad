package org.lamina.layers.impl;

import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.constraints.Constraints;
import org.lamina.layers.activations.Activations;
import org.lamina.layers.conf.SpecLayer;
import org.lamina.spec.ParamSpec;
import org.lamina.support.ChannelOrder;
import org.lamina.support.LayerArrays;
import org.lamina.support.Masks;
import org.lamina.support.RunningStatistics;
import org.lamina.support.ShapeInfoCache;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Base of the native layer implementations: dropout, weight noise, constraints, data format, masks,
 * activation and bookkeeping. A layer adds its kernel.
 *
 * @param <C> the layer's configuration
 */
public abstract class SpecLayerImpl<C extends SpecLayer<?>> extends BaseLayer<C> {

    private static final long serialVersionUID = 1L;

    static {
        ShapeInfoCache.install();
    }

    /** A layer without parameters yet. */
    protected SpecLayerImpl(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    /**
     * Shape of the output.
     *
     * @param input shape {@code [N, C, spatial...]}
     */
    protected abstract long[] outputShape(long[] input);

    /**
     * The layer before its activation function.
     *
     * @param x input {@code [N, C, spatial...]}
     * @param params parameters by name
     * @param training whether this is a training pass
     * @param z receives the result
     */
    protected abstract void forward(INDArray x, Params params, boolean training, INDArray z);

    /**
     * Gradients.
     *
     * @param x input of the forward pass
     * @param params parameters by name
     * @param training whether the forward pass was a training pass
     * @param dz gradient of the layer before its activation function
     * @param dx receives the gradient of the input; null if nobody needs it
     * @param gradients receives the gradients of the parameters, by name
     */
    protected abstract void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients);

    /** Parameters or gradients by name; null for one that the layer does not have. */
    @FunctionalInterface
    protected interface Params {
        INDArray get(String name);
    }

    /**
     * Running statistics that are due after the update; a layer that has some collects them in its
     * backward pass.
     */
    protected final RunningStatistics statistics = new RunningStatistics();

    /** Mode of the last forward pass, which the backward pass follows. */
    private boolean trainingPass = true;

    /**
     * The layer before its activation function, of the last forward pass in training, in the memory
     * that DL4J keeps the layers' activations in; null if the backward pass has to compute it
     * again.
     */
    private transient INDArray kept;

    private transient Masks masks = Masks.NONE;

    private boolean channelsLast() {
        return layerConf().isChannelsLast();
    }

    private Params params(boolean training, LayerWorkspaceMgr workspaceMgr) {
        return name ->
                params.containsKey(name) ? getParamWithNoise(name, training, workspaceMgr) : null;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        LayerArrays.checkInput(
                input, layerConf().getSpec(), training, channelsLast(), layerConf().describe());
        if (layerConf().isConstrainOnForward()) {
            Constraints.project(layerConf(), params);
        }
        trainingPass = training;
        input = masks().applied(input, channelsLast(), workspaceMgr);
        applyDropOutIfNecessary(training, workspaceMgr);
        INDArray z = preActivation(training, ArrayType.ACTIVATIONS, workspaceMgr);
        INDArray output = z;
        kept = training && isActivated() ? z : null;
        if (kept != null || isActivationAlone()) {
            output = uninitialized(ArrayType.ACTIVATIONS, z.shape(), workspaceMgr);
        }
        Activations.apply(layerConf().getActivationFn(), z, output, training);
        masks().applyToOutput(output, input, channelsLast());
        return output;
    }

    private boolean isActivated() {
        return !(layerConf().getActivationFn() instanceof ActivationIdentity);
    }

    /** Whether the layer is nothing but its activation function. */
    protected boolean isActivationAlone() {
        return false;
    }

    /** The layer before its activation function, in the layer's data format. */
    private INDArray preActivation(
            boolean training, ArrayType arrayType, LayerWorkspaceMgr workspaceMgr) {
        if (isActivationAlone()) {
            return input.castTo(dataType);
        }
        INDArray x = channelsFirst(input.castTo(dataType));
        long[] shape = outputShape(x.shape());
        if (!channelsLast()) {
            INDArray z = uninitialized(arrayType, shape, workspaceMgr);
            forward(x, params(training, workspaceMgr), training, z);
            return z;
        }
        INDArray scratch = uninitialized(ArrayType.FF_WORKING_MEM, shape, workspaceMgr);
        forward(x, params(training, workspaceMgr), training, scratch);
        return workspaceMgr.dup(arrayType, ChannelOrder.last(scratch), 'c');
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
        IActivation activation = layerConf().getActivationFn();
        INDArray delta = epsilon.castTo(dataType);
        if (!masks().isNone()) {
            delta = delta == epsilon ? epsilon.dup() : delta;
            masks().applyToOutput(delta, input, channelsLast());
        }
        if (isActivationAlone()) {
            INDArray dx = uninitialized(ArrayType.ACTIVATION_GRAD, delta.shape(), workspaceMgr);
            Activations.gradient(activation, input.castTo(dataType), delta, dx);
            return new Pair<>(new DefaultGradient(), finished(dx));
        }
        if (isActivated()) {
            INDArray z =
                    kept != null
                            ? kept
                            : preActivation(trainingPass, ArrayType.BP_WORKING_MEM, workspaceMgr);
            kept = null; // written over
            Activations.gradient(activation, z, delta, z);
            delta = z;
        }
        INDArray x = channelsFirst(input.castTo(dataType));
        INDArray dx = null;
        if (layerConf().isInputGradient()) {
            ArrayType place = channelsLast() ? ArrayType.BP_WORKING_MEM : ArrayType.ACTIVATION_GRAD;
            dx = uninitialized(place, x.shape(), workspaceMgr);
        }
        backward(
                x,
                params(trainingPass, workspaceMgr),
                trainingPass,
                channelsFirst(delta),
                dx,
                // null: the layer has no parameters
                name -> gradientViews == null ? null : gradientViews.get(name));

        Gradient gradient = new DefaultGradient();
        for (ParamSpec param : layerConf().getSpec().params()) {
            gradient.setGradientFor(param.name(), gradientViews.get(param.name()), param.order());
        }
        weightNoiseParams.clear();
        if (dx != null) {
            if (channelsLast()) {
                dx = workspaceMgr.dup(ArrayType.ACTIVATION_GRAD, ChannelOrder.last(dx), 'c');
            }
            dx = finished(dx);
        }
        return new Pair<>(gradient, dx);
    }

    private INDArray finished(INDArray inputGradient) {
        INDArray dx = backpropDropOutIfPresent(inputGradient);
        masks().applyToInput(dx, channelsLast());
        return dx;
    }

    private INDArray uninitialized(ArrayType type, long[] shape, LayerWorkspaceMgr workspaceMgr) {
        return workspaceMgr.createUninitialized(type, dataType, shape, 'c');
    }

    private INDArray channelsFirst(INDArray array) {
        return channelsLast() ? ChannelOrder.first(array) : array;
    }

    // ---- masks ----------------------------------------------------------------------------------

    private Masks masks() {
        masks = masks.orOf(maskArray, layerConf().getSpec(), layerConf().describe());
        return masks;
    }

    /** The masks of the input and after each of the layer's windows; see {@link Masks#factors}. */
    protected final List<INDArray> maskFactors() {
        return masks().factors(ChannelOrder.shapeFirst(input, channelsLast()), dataType);
    }

    /** The mask of the input as a factor {@code [N, 1, spatial...]}; null without one. */
    protected final INDArray maskFactor() {
        return masks().isNone() ? null : maskFactors().get(0);
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(
            INDArray mask, MaskState state, int minibatchSize) {
        this.maskArray = mask;
        this.maskState = state;
        this.masks = Masks.of(mask, layerConf().getSpec(), layerConf().describe());
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
        statistics.apply(layerConf().getSpec(), params);
    }

    @Override
    public void setParams(INDArray values) {
        if (values != paramsFlattened) {
            if (values.length() != paramsFlattened.length()) {
                throw new IllegalArgumentException(
                        layerConf().describe()
                                + ": "
                                + values.length()
                                + " parameters given; the layer has "
                                + paramsFlattened.length());
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
    public void clear() {
        super.clear();
        kept = null;
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
