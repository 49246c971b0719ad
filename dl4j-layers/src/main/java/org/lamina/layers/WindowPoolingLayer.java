package org.lamina.layers;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.arrays.ChannelOrder;
import org.lamina.arrays.ExampleSizes;
import org.lamina.arrays.Masks;
import org.lamina.spec.ConvGeometry;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DL4J's pooling layer with this project's masks: only the unmasked positions of a window are
 * pooled.
 */
abstract class WindowPoolingLayer extends SubsamplingLayer {

    private transient Masks masks = Masks.NONE;

    protected WindowPoolingLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    // ---- one kind of pooling --------------------------------------------------------------------

    /** The layer's output for its input, without a mask. */
    protected INDArray pooled(boolean training, LayerWorkspaceMgr workspaceMgr) {
        return super.activate(training, workspaceMgr);
    }

    /** The gradient of the layer's input, without a mask. */
    protected Pair<Gradient, INDArray> gradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        return super.backpropGradient(epsilon, workspaceMgr);
    }

    /**
     * Prepares the input, whose masked positions are 0, for pooling.
     *
     * @param x a copy of the input, channels first
     * @param counts 1 where the input is unmasked, else 0, {@code [N, 1, H, W]}
     */
    protected void mask(INDArray x, INDArray counts) {}

    /**
     * Corrects the pooled values for masked positions, or back-propagates the correction. Masked
     * outputs are zeroed afterwards.
     *
     * @param pooled the output or its gradient, channels first
     * @param counts 1 where the input is unmasked, else 0, {@code [N, 1, H, W]}
     */
    protected void overWhatCounts(INDArray pooled, INDArray counts) {}

    // ---- masks ----------------------------------------------------------------------------------

    private boolean pads() {
        org.deeplearning4j.nn.conf.layers.SubsamplingLayer conf = layerConf();
        return conf.getConvolutionMode() == ConvolutionMode.Same
                || (conf.getPadding()[0] | conf.getPadding()[1]) != 0;
    }

    /** The windows, if the layer does not pad. */
    protected final ConvGeometry geometry() {
        return ConvGeometry.ofKernel(layerConf().getKernelSize())
                .withStride(layerConf().getStride())
                .withDilation(layerConf().getDilation());
    }

    private String describe() {
        return layerConf().getClass().getSimpleName() + " \"" + layerConf().getLayerName() + '"';
    }

    private Masks masks() {
        masks = masks.forMask(pads() ? null : maskArray, List.of(geometry()), describe());
        return masks;
    }

    /**
     * The mask of the output.
     *
     * @throws DL4JInvalidInputException if examples differ in size and the layer pads: padding
     *     would have to follow each example's end
     */
    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(
            INDArray mask, MaskState state, int minibatchSize) {
        maskArray = mask;
        maskState = state;
        if (mask == null || !pads()) {
            masks = Masks.of(mask, List.of(geometry()), describe());
            return new Pair<>(masks.output(), state);
        }
        boolean ofExamples = mask.length() == mask.size(0);
        if (!ofExamples && mask.rank() == 4 && ExampleSizes.of(mask) != null) {
            throw new DL4JInvalidInputException(
                    String.format(
                            "%s: mask of shape %s with padding = %s, mode %s; examples of different"
                                    + " sizes need padding 0 and mode Truncate",
                            describe(),
                            Arrays.toString(mask.shape()),
                            Arrays.toString(layerConf().getPadding()),
                            layerConf().getConvolutionMode()));
        }
        return super.feedForwardMaskArray(mask, state, minibatchSize);
    }

    private boolean channelsLast() {
        return layerConf().getCnn2dDataFormat() == CNN2DFormat.NHWC;
    }

    private INDArray channelsFirst(INDArray array) {
        return channelsLast() ? ChannelOrder.first(array) : array;
    }

    private INDArray counts() {
        return masks().factors(channelsFirst(input).shape(), dataType).get(0);
    }

    private void maskOutput(INDArray output) {
        overWhatCounts(channelsFirst(output), counts());
        masks().applyToOutput(output, input, channelsLast());
    }

    // ---- forward and backward -------------------------------------------------------------------

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        if (masks().isNone()) {
            return pooled(training, workspaceMgr);
        }
        input = masks().applied(input, channelsLast(), workspaceMgr);
        mask(channelsFirst(input), counts());
        INDArray output = pooled(training, workspaceMgr);
        maskOutput(output);
        return output;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
            INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(true);
        if (masks().isNone()) {
            return gradient(epsilon, workspaceMgr);
        }
        INDArray ofPooled = epsilon.castTo(dataType).dup();
        maskOutput(ofPooled);
        Pair<Gradient, INDArray> result = gradient(ofPooled, workspaceMgr);
        masks().applyToInput(result.getSecond(), channelsLast());
        return result;
    }
}
