package org.lamina.layers.base;

import java.util.Arrays;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.arrays.ChannelOrder;
import org.lamina.arrays.LayerArrays;
import org.lamina.arrays.Masks;
import org.lamina.spec.LocalConvSpec;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs a {@link LocalConvVertex}: shapes, data format and masks. Each form adds its computation.
 *
 * <p>DL4J's activations start with a minibatch dimension: filters {@code [1, out * K * P]} are
 * shared by all examples, {@code [N, out * K * P]} are separate for each.
 */
public abstract class LocalConvVertexImpl extends BaseGraphVertex {

    private static final int X = 0;
    private static final int FILTERS = 1;
    private static final int BIAS = 2;

    private final LocalConvVertex conf;
    private INDArray mask;
    private Masks masks = Masks.NONE;

    /** A vertex of a graph. */
    protected LocalConvVertexImpl(
            LocalConvVertex conf,
            ComputationGraph graph,
            String name,
            int index,
            DataType dataType) {
        super(graph, name, index, null, null, dataType);
        this.conf = conf;
    }

    /**
     * Forward pass.
     *
     * @param x {@code [N, in, spatial...]}
     * @param filters {@code [out, K, P]}, or {@code [N, out, K, P]}
     * @param bias {@code [out, P]}, or {@code [N, out, P]}, or null
     * @param y receives the output
     */
    protected abstract void forward(INDArray x, INDArray filters, INDArray bias, INDArray y);

    /** Backward pass: dx, dFilters and dBias (null without bias) receive the gradients. */
    protected abstract void backward(
            INDArray x,
            INDArray filters,
            INDArray bias,
            INDArray dy,
            INDArray dx,
            INDArray dFilters,
            INDArray dBias);

    /** The hyperparameters. */
    protected final LocalConvSpec spec() {
        return conf.getSpec();
    }

    // ---- forward and backward -------------------------------------------------------------------

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaceMgr) {
        checkInputs();
        boolean last = conf.isChannelsLast();
        INDArray x = x(workspaceMgr);
        long[] shape = spec().geometry().outputShape(x.shape(), spec().outChannels());
        INDArray y =
                workspaceMgr.createUninitialized(
                        last ? ArrayType.FF_WORKING_MEM : ArrayType.ACTIVATIONS,
                        dataType,
                        shape,
                        'c');
        forward(x, filters(given(FILTERS)), bias(given(BIAS)), y);
        if (last) {
            y = workspaceMgr.dup(ArrayType.ACTIVATIONS, ChannelOrder.last(y), 'c');
        }
        masks().applyToOutput(y, inputs[X], last);
        return y;
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaceMgr) {
        if (epsilon == null) {
            throw new IllegalStateException(describe() + ": no gradient of the output is set");
        }
        checkInputs();
        boolean last = conf.isChannelsLast();
        INDArray dy = epsilon.castTo(dataType);
        if (!masks().isNone()) {
            dy = dy == epsilon ? epsilon.dup() : dy;
            masks().applyToOutput(dy, inputs[X], last);
        }
        INDArray x = x(workspaceMgr);
        INDArray[] gradients = new INDArray[inputs.length];
        for (int i = 1; i < inputs.length; i++) {
            gradients[i] =
                    workspaceMgr.createUninitialized(
                            ArrayType.ACTIVATION_GRAD, dataType, inputs[i].shape(), 'c');
        }
        INDArray dx =
                workspaceMgr.createUninitialized(
                        last ? ArrayType.BP_WORKING_MEM : ArrayType.ACTIVATION_GRAD,
                        dataType,
                        x.shape(),
                        'c');
        backward(
                x,
                filters(given(FILTERS)),
                bias(given(BIAS)),
                last ? ChannelOrder.first(dy) : dy,
                dx,
                filters(gradients[FILTERS]),
                bias(spec().bias() ? gradients[BIAS] : null));
        gradients[X] =
                last ? workspaceMgr.dup(ArrayType.ACTIVATION_GRAD, ChannelOrder.last(dx), 'c') : dx;
        masks().applyToInput(gradients[X], last);
        return new Pair<>(null, gradients);
    }

    private INDArray x(LayerWorkspaceMgr workspaceMgr) {
        INDArray x =
                masks().applied(inputs[X].castTo(dataType), conf.isChannelsLast(), workspaceMgr);
        return conf.isChannelsLast() ? ChannelOrder.first(x) : x;
    }

    // ---- inputs ---------------------------------------------------------------------------------

    private void checkInputs() {
        int expected = conf.minVertexInputs();
        if (inputs.length != expected || !canDoForward()) {
            throw new DL4JInvalidInputException(
                    String.format(
                            "%s: %s inputs are set; expected %s%s",
                            describe(),
                            Arrays.stream(inputs).filter(i -> i != null).count(),
                            expected,
                            expected == 3 ? ": x, filters, bias" : ": x, filters"));
        }
        LayerArrays.checkInput(inputs[X], spec(), false, conf.isChannelsLast(), describe());
        check("filters", inputs[FILTERS], spec().outChannels() * spec().taps());
        if (spec().bias()) {
            check("bias", inputs[BIAS], spec().outChannels());
            if (inputs[BIAS].size(0) != inputs[FILTERS].size(0)) {
                throw new DL4JInvalidInputException(
                        String.format(
                                "%s: filters for %s examples, bias for %s; give both once or both"
                                        + " for each example",
                                describe(), inputs[FILTERS].size(0), inputs[BIAS].size(0)));
            }
        }
    }

    private void check(String name, INDArray array, long perPosition) {
        long examples = inputs[X].size(0);
        long length = perPosition * spec().positions();
        long sets = array.size(0);
        if (sets != 1 && sets != examples || array.length() != sets * length) {
            throw new DL4JInvalidInputException(
                    String.format(
                            "%s: %s have shape %s; expected [1, %s] for all examples or [%s, %s]"
                                    + " for each, for %s",
                            describe(),
                            name,
                            Arrays.toString(array.shape()),
                            length,
                            examples,
                            length,
                            spec()));
        }
    }

    private INDArray given(int input) {
        return input < inputs.length ? inputs[input].castTo(dataType) : null;
    }

    private INDArray filters(INDArray array) {
        return reshaped(array, spec().outChannels(), spec().taps(), spec().positions());
    }

    private INDArray bias(INDArray array) {
        return array == null ? null : reshaped(array, spec().outChannels(), spec().positions());
    }

    /** Reshapes to one set, or one for each example; a view if the memory layout allows it. */
    private static INDArray reshaped(INDArray array, long... shape) {
        if (array.size(0) == 1) {
            return array.reshape('c', shape);
        }
        long[] all = new long[shape.length + 1];
        all[0] = array.size(0);
        System.arraycopy(shape, 0, all, 1, shape.length);
        return array.reshape('c', all);
    }

    // ---- masks ----------------------------------------------------------------------------------

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArrays(
            INDArray[] given, MaskState state, int minibatchSize) {
        mask = given == null ? null : given[X];
        masks = Masks.of(mask, spec().windows(), describe());
        return mask == null ? null : new Pair<>(masks.output(), state);
    }

    /** DL4J does not notify vertices when a graph's masks are cleared. */
    private Masks masks() {
        INDArray current = graph.getInputMaskArrays() == null ? null : mask;
        masks = masks.forMask(current, spec().windows(), describe());
        return masks;
    }

    /** Mask of x as a factor {@code [N, 1, spatial...]}; null without one. */
    protected final INDArray maskFactor() {
        if (masks().isNone()) {
            return null;
        }
        long[] shape = ChannelOrder.shapeFirst(inputs[X], conf.isChannelsLast());
        return masks().factors(shape, dataType).get(0);
    }

    // ---- DL4J bookkeeping -----------------------------------------------------------------------

    @Override
    public boolean hasLayer() {
        return false;
    }

    @Override
    public Layer getLayer() {
        return null;
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray view) {
        if (view != null) {
            throw new IllegalArgumentException(describe() + " has no parameters");
        }
    }

    private String describe() {
        return conf.describe() + " \"" + vertexName + "\"";
    }

    @Override
    public String toString() {
        return describe() + "(" + spec() + ")";
    }
}
