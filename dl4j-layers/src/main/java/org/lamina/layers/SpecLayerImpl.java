package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.activations.Activations;
import org.lamina.arrays.ChannelOrder;
import org.lamina.layers.base.AbstractSpecLayerImpl;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Base of the native layer implementations: data format and activation. A subclass adds its kernel.
 *
 * @param <C> the layer's configuration
 */
abstract class SpecLayerImpl<C extends SpecLayer<?>> extends AbstractSpecLayerImpl<C> {

    private static final long serialVersionUID = 1L;

    /** Creates a layer without parameters. */
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
     * Computes the layer's output before its activation function.
     *
     * @param x input {@code [N, C, spatial...]}
     * @param params parameters by name
     * @param training whether this is a training pass
     * @param z receives the result
     */
    protected abstract void forward(INDArray x, Params params, boolean training, INDArray z);

    /**
     * Computes the gradients.
     *
     * @param x input of the forward pass
     * @param params parameters by name
     * @param training whether the forward pass was a training pass
     * @param dz gradient of the output before the activation function
     * @param dx receives the gradient of the input; null if it is not needed
     * @param gradients receives the gradients of the parameters, by name
     */
    protected abstract void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients);

    /** Parameters or gradients by name; null if the layer does not have it. */
    @FunctionalInterface
    protected interface Params {
        INDArray get(String name);
    }

    /**
     * Pre-activation of the last training pass, in DL4J's memory for activations; null if the
     * backward pass has to recompute it.
     */
    private transient INDArray kept;

    private Params params(boolean training, LayerWorkspaceMgr workspaceMgr) {
        return name -> param(name, training, workspaceMgr);
    }

    @Override
    protected INDArray output(boolean training, LayerWorkspaceMgr workspaceMgr) {
        INDArray z = preActivation(training, ArrayType.ACTIVATIONS, workspaceMgr);
        INDArray output = z;
        kept = training && isActivated() ? z : null;
        if (kept != null || isActivationAlone()) {
            output = uninitialized(ArrayType.ACTIVATIONS, z.shape(), workspaceMgr);
        }
        Activations.apply(layerConf().getActivationFn(), z, output, training);
        return output;
    }

    private boolean isActivated() {
        return !(layerConf().getActivationFn() instanceof ActivationIdentity);
    }

    /** Whether the layer is nothing but its activation function. */
    protected boolean isActivationAlone() {
        return false;
    }

    /** The layer's output before its activation function, in its data format. */
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
    protected INDArray gradients(
            boolean training, INDArray gradient, LayerWorkspaceMgr workspaceMgr) {
        INDArray delta = gradient;
        IActivation activation = layerConf().getActivationFn();
        if (isActivationAlone()) {
            if (!layerConf().isInputGradient()) {
                return null;
            }
            INDArray dx = uninitialized(ArrayType.ACTIVATION_GRAD, delta.shape(), workspaceMgr);
            Activations.gradient(activation, input.castTo(dataType), delta, dx);
            return dx;
        }
        if (isActivated()) {
            INDArray z =
                    kept != null
                            ? kept
                            : preActivation(training, ArrayType.BP_WORKING_MEM, workspaceMgr);
            kept = null; // overwritten
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
                params(training, workspaceMgr),
                training,
                channelsFirst(delta),
                dx,
                this::gradientView);
        return dx != null && channelsLast()
                ? workspaceMgr.dup(ArrayType.ACTIVATION_GRAD, ChannelOrder.last(dx), 'c')
                : dx;
    }

    private INDArray uninitialized(ArrayType type, long[] shape, LayerWorkspaceMgr workspaceMgr) {
        return workspaceMgr.createUninitialized(type, dataType, shape, 'c');
    }

    private INDArray channelsFirst(INDArray array) {
        return channelsLast() ? ChannelOrder.first(array) : array;
    }

    @Override
    public void clear() {
        super.clear();
        kept = null;
    }
}
