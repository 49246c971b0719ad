package org.lamina.layers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.activations.Activations;
import org.lamina.arrays.ChannelOrder;
import org.lamina.kernels.FusedFunction;
import org.lamina.kernels.GraphKernel;
import org.lamina.layers.base.AbstractSpecLayerImpl;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a native layer: the kernels of its {@link LayerStep}s, then its activation function.
 *
 * <p>In training, the results between the steps are kept for the backward pass, in DL4J's memory
 * for activations. After a forward pass in evaluation the backward pass recomputes them, because
 * DL4J then frees activations early.
 */
class SpecLayerImpl extends AbstractSpecLayerImpl<SpecLayer<?>> {

    private final transient Map<FusedFunction, GraphKernel> kernels = new HashMap<>();

    /** The steps, by whether it is a training pass. */
    private final transient Map<Boolean, List<LayerStep>> steps = new HashMap<>();

    /** Results of all steps but the last in the last training pass. */
    private transient List<INDArray> between = List.of();

    /**
     * What the kernels of the last forward pass have computed in addition to their results, by
     * step; outside any workspace.
     */
    private final transient List<INDArray[]> extras = new ArrayList<>();

    /**
     * Pre-activation of the last training pass, in DL4J's memory for activations; null if the
     * backward pass has to recompute it.
     */
    private transient INDArray kept;

    public SpecLayerImpl(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    private List<LayerStep> steps(boolean training) {
        return steps.computeIfAbsent(
                training, mode -> LayerStep.of(layerConf().getSpec(), mode, kernels));
    }

    /** Whether the layer is nothing but its activation function. */
    private boolean isActivationAlone() {
        return steps(true).isEmpty();
    }

    // ---- steps ----------------------------------------------------------------------------------

    /**
     * Runs the steps.
     *
     * @param x input {@code [N, C, spatial...]}
     * @param inputs parameters and {@link org.lamina.layers.base.LayerInputs} by name; null for one
     *     that the layer does not have
     * @param intermediate allocates the results of all steps but the last
     * @param last allocates the result
     */
    protected INDArray forward(
            INDArray x,
            Function<String, INDArray> inputs,
            boolean training,
            Function<long[], INDArray> intermediate,
            Function<long[], INDArray> last) {
        List<LayerStep> all = steps(training);
        List<INDArray> results = new ArrayList<>();
        extras.clear();
        for (int i = 0; i < all.size(); i++) {
            INDArray from = i == 0 ? x : results.get(i - 1);
            results.add(
                    forward(all.get(i), from, inputs, i < all.size() - 1 ? intermediate : last));
        }
        between = training ? results.subList(0, all.size() - 1) : List.of();
        return results.get(all.size() - 1);
    }

    private INDArray forward(
            LayerStep step,
            INDArray x,
            Function<String, INDArray> inputs,
            Function<long[], INDArray> allocator) {
        INDArray[] arguments = arrays(step, x, inputs);
        long[][] shapes = step.kernel().outputShapes(arguments);
        INDArray[] outputs = new INDArray[shapes.length];
        outputs[0] = allocator.apply(shapes[0]);
        for (int i = 1; i < outputs.length; i++) {
            outputs[i] = Nd4j.createUninitializedDetached(dataType, shapes[i]);
        }
        step.kernel().forward(arguments, outputs);
        extras.add(Arrays.copyOfRange(outputs, 1, outputs.length));
        return outputs[0];
    }

    /**
     * Computes the gradients.
     *
     * @param x input of the forward pass
     * @param inputs as in the forward pass
     * @param training whether the forward pass was a training pass
     * @param dz gradient of the last step's result
     * @param dx receives the gradient of the input; null if it is not needed
     */
    protected void backward(
            INDArray x,
            Function<String, INDArray> inputs,
            boolean training,
            INDArray dz,
            INDArray dx) {
        List<LayerStep> all = steps(training);
        List<INDArray> results = new ArrayList<>(List.of(x));
        results.addAll(between);
        if (results.size() < all.size()) {
            INDArray[] ofLast = extras.get(all.size() - 1);
            extras.clear();
            for (LayerStep step : all.subList(0, all.size() - 1)) {
                results.add(forward(step, results.get(results.size() - 1), inputs, this::scratch));
            }
            extras.add(ofLast);
        }
        INDArray gradient = dz;
        for (int i = all.size() - 1; i >= 0; i--) {
            LayerStep step = all.get(i);
            INDArray[] arguments = arrays(step, results.get(i), inputs);
            INDArray[] gradients =
                    arrays(step, i == 0 ? dx : scratch(results.get(i).shape()), this::gradientView);
            INDArray[] extra = extras.get(i);
            INDArray[] forBackward =
                    Arrays.copyOfRange(extra, extra.length - step.kernel().kept(), extra.length);
            step.kernel().backward(arguments, forBackward, gradient, gradients);
            for (int s = 0; s < step.statistics().size(); s++) {
                moveStatistic(step.statistics().get(s), extra[s]);
            }
            gradient = gradients[0];
        }
        for (ParamSpec param : layerConf().getSpec().params()) {
            if (!param.role().trained()) {
                gradientView(param.name()).assign(0);
            }
        }
    }

    private static INDArray[] arrays(
            LayerStep step, INDArray first, Function<String, INDArray> others) {
        INDArray[] arrays = new INDArray[1 + step.inputs().size()];
        arrays[0] = first;
        for (int i = 1; i < arrays.length; i++) {
            String name = step.inputs().get(i - 1);
            arrays[i] = name == null ? null : others.apply(name);
        }
        return arrays;
    }

    private INDArray scratch(long[] shape) {
        return Nd4j.createUninitialized(dataType, shape, 'c');
    }

    // ---- data format and activation function ----------------------------------------------------

    private Function<String, INDArray> inputs(boolean training, LayerWorkspaceMgr workspaceMgr) {
        Map<String, INDArray> others = otherInputs(training);
        return name ->
                others.containsKey(name) ? others.get(name) : param(name, training, workspaceMgr);
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

    /** The layer's output before its activation function, in its data format. */
    private INDArray preActivation(
            boolean training, ArrayType arrayType, LayerWorkspaceMgr workspaceMgr) {
        if (isActivationAlone()) {
            return input.castTo(dataType);
        }
        INDArray x = channelsFirst(input.castTo(dataType));
        ArrayType ofResult = channelsLast() ? ArrayType.FF_WORKING_MEM : arrayType;
        INDArray z =
                forward(
                        x,
                        inputs(training, workspaceMgr),
                        training,
                        shape ->
                                training
                                        ? uninitialized(ArrayType.ACTIVATIONS, shape, workspaceMgr)
                                        : scratch(shape),
                        shape -> uninitialized(ofResult, shape, workspaceMgr));
        return channelsLast() ? workspaceMgr.dup(arrayType, ChannelOrder.last(z), 'c') : z;
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
        backward(x, inputs(training, workspaceMgr), training, channelsFirst(delta), dx);
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
        between = List.of();
    }
}
