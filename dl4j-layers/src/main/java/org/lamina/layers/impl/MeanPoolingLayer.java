package org.lamina.layers.impl;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.kernels.ConvKernel;
import org.lamina.kernels.MeanPoolingKernel;
import org.lamina.spec.ConvGeometry;
import org.lamina.support.ChannelOrder;
import org.lamina.support.Masks;
import org.lamina.support.OwnSizes;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * DL4J's pooling layer, with oneDNN where it serves, and with masks as the other layers of this
 * library have them: a mean is over the positions of its window that count.
 */
public class MeanPoolingLayer extends SubsamplingLayer {

    private static final long serialVersionUID = 1L;

    private transient Masks masks = Masks.NONE;

    /** A layer. */
    public MeanPoolingLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    /** Null if DL4J's layer is to do it. */
    private MeanPoolingKernel kernel() {
        org.deeplearning4j.nn.conf.layers.SubsamplingLayer conf = layerConf();
        int[] dilation = conf.getDilation();
        int[] padding = conf.getPadding();
        boolean plain =
                conf.getCnn2dDataFormat() == CNN2DFormat.NCHW
                        && (conf.getConvolutionMode() != ConvolutionMode.Same || isTiled(conf))
                        && (padding[0] | padding[1]) == 0
                        && dilation[0] == 1
                        && dilation[1] == 1;
        return plain && MeanPoolingKernel.serves(input, dataType)
                ? new MeanPoolingKernel(conf.getKernelSize(), conf.getStride())
                : null;
    }

    /** Windows side by side that end where the input ends: mode 'same' pads nothing then. */
    private boolean isTiled(org.deeplearning4j.nn.conf.layers.SubsamplingLayer conf) {
        int[] kernel = conf.getKernelSize();
        return Arrays.equals(kernel, conf.getStride())
                && input.size(2) % kernel[0] == 0
                && input.size(3) % kernel[1] == 0;
    }

    // ---- masks ----------------------------------------------------------------------------------

    private boolean pads() {
        org.deeplearning4j.nn.conf.layers.SubsamplingLayer conf = layerConf();
        return conf.getConvolutionMode() == ConvolutionMode.Same
                || (conf.getPadding()[0] | conf.getPadding()[1]) != 0;
    }

    private ConvGeometry geometry() {
        return ConvGeometry.ofKernel(layerConf().getKernelSize())
                .withStride(layerConf().getStride())
                .withDilation(layerConf().getDilation());
    }

    private String describe() {
        return "MeanPooling2D \"" + layerConf().getLayerName() + '"';
    }

    private Masks masks() {
        masks = masks.forMask(pads() ? null : maskArray, List.of(geometry()), describe());
        return masks;
    }

    /**
     * The mask of the output.
     *
     * @throws DL4JInvalidInputException if examples have sizes of their own and the layer pads: the
     *     padding would have to lie behind each example's end
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
        if (!ofExamples && mask.rank() == 4 && OwnSizes.of(mask) != null) {
            throw new DL4JInvalidInputException(
                    describe()
                            + ": mask of shape "
                            + Arrays.toString(mask.shape())
                            + " with padding = "
                            + Arrays.toString(layerConf().getPadding())
                            + ", mode "
                            + layerConf().getConvolutionMode()
                            + "; examples of different sizes need padding 0 and mode Truncate");
        }
        return super.feedForwardMaskArray(mask, state, minibatchSize);
    }

    private boolean channelsLast() {
        return layerConf().getCnn2dDataFormat() == CNN2DFormat.NHWC;
    }

    /** Turns means over windows into means over what counts of them, or back-propagates that. */
    private void overWhatCounts(INDArray means) {
        INDArray counts = masks().factors(channelsFirst(input).shape(), dataType).get(0);
        ConvGeometry geometry = geometry();
        int[] kernel = geometry.kernel();
        INDArray share =
                Nd4j.valueArrayOf(
                        new long[] {1, 1, kernel[0], kernel[1]},
                        1.0 / geometry.kernelVolume(),
                        dataType);
        INDArray shares =
                Nd4j.createUninitialized(dataType, geometry.outputShape(counts.shape(), 1), 'c');
        new ConvKernel(geometry).forward(counts, share, null, shares);
        shares = Transforms.max(shares, 0.5 / geometry.kernelVolume(), false); // where none counts
        channelsFirst(means).divi(shares);
        masks().applyToOutput(means, input, channelsLast());
    }

    private INDArray channelsFirst(INDArray array) {
        return channelsLast() ? ChannelOrder.first(array) : array;
    }

    // ---- forward and backward -------------------------------------------------------------------

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        input = masks().applied(input, channelsLast(), workspaceMgr);
        INDArray output = pooled(training, workspaceMgr);
        if (!masks().isNone()) {
            overWhatCounts(output);
        }
        return output;
    }

    private INDArray pooled(boolean training, LayerWorkspaceMgr workspaceMgr) {
        MeanPoolingKernel kernel = kernel();
        if (kernel != null) {
            INDArray output =
                    workspaceMgr.createUninitialized(
                            ArrayType.ACTIVATIONS,
                            dataType,
                            kernel.outputShape(input.shape()),
                            'c');
            if (kernel.forward(input, output)) {
                return output;
            }
        }
        return super.activate(training, workspaceMgr);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
            INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(true);
        if (masks().isNone()) {
            return gradient(epsilon, workspaceMgr);
        }
        INDArray ofMeans = epsilon.castTo(dataType).dup();
        overWhatCounts(ofMeans);
        Pair<Gradient, INDArray> result = gradient(ofMeans, workspaceMgr);
        masks().applyToInput(result.getSecond(), channelsLast());
        return result;
    }

    private Pair<Gradient, INDArray> gradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        MeanPoolingKernel kernel = kernel();
        if (kernel != null && epsilon.dataType() == dataType) {
            INDArray gradient =
                    workspaceMgr.createUninitialized(
                            ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
            if (kernel.backward(epsilon, gradient)) {
                return new Pair<>(new DefaultGradient(), gradient);
            }
        }
        return super.backpropGradient(epsilon, workspaceMgr);
    }
}
