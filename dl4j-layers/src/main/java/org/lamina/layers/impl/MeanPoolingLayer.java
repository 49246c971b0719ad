package org.lamina.layers.impl;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.kernels.MeanPoolingKernel;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's pooling layer, with oneDNN where it serves. */
public class MeanPoolingLayer extends SubsamplingLayer {

    private static final long serialVersionUID = 1L;

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

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
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
