package org.lamina.layers;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.kernels.AveragePoolingKernel;
import org.lamina.kernels.FusedFunction;
import org.lamina.spec.ConvGeometry;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Average pooling, with oneDNN where possible. */
class AveragePoolingLayer extends WindowPoolingLayer {

    public AveragePoolingLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    /** Null if DL4J's layer is used instead. */
    private AveragePoolingKernel kernel() {
        org.deeplearning4j.nn.conf.layers.SubsamplingLayer conf = layerConf();
        int[] dilation = conf.getDilation();
        int[] padding = conf.getPadding();
        boolean plain =
                conf.getCnn2dDataFormat() == CNN2DFormat.NCHW
                        && (conf.getConvolutionMode() != ConvolutionMode.Same || isTiled(conf))
                        && (padding[0] | padding[1]) == 0
                        && dilation[0] == 1
                        && dilation[1] == 1;
        return plain && AveragePoolingKernel.serves(input, dataType)
                ? new AveragePoolingKernel(conf.getKernelSize(), conf.getStride())
                : null;
    }

    /**
     * Whether windows without overlap cover the input exactly; mode 'same' then adds no padding.
     */
    private boolean isTiled(org.deeplearning4j.nn.conf.layers.SubsamplingLayer conf) {
        int[] kernel = conf.getKernelSize();
        return Arrays.equals(kernel, conf.getStride())
                && input.size(2) % kernel[0] == 0
                && input.size(3) % kernel[1] == 0;
    }

    @Override
    protected INDArray pooled(boolean training, LayerWorkspaceMgr workspaceMgr) {
        AveragePoolingKernel kernel = kernel();
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
        return super.pooled(training, workspaceMgr);
    }

    @Override
    protected Pair<Gradient, INDArray> gradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        AveragePoolingKernel kernel = kernel();
        if (kernel != null && epsilon.dataType() == dataType) {
            INDArray gradient =
                    workspaceMgr.createUninitialized(
                            ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
            if (kernel.backward(epsilon, gradient)) {
                return new Pair<>(new DefaultGradient(), gradient);
            }
        }
        return super.gradient(epsilon, workspaceMgr);
    }

    /** Masked positions are zero, so a window's mean is divided by its unmasked fraction. */
    @Override
    protected void overWhatCounts(INDArray means, INDArray counts) {
        ConvGeometry geometry = geometry();
        int[] kernel = geometry.kernelSize();
        INDArray share =
                Nd4j.valueArrayOf(
                        new long[] {1, 1, kernel[0], kernel[1]},
                        1.0 / geometry.kernelVolume(),
                        dataType);
        INDArray shares =
                Nd4j.createUninitialized(dataType, geometry.outputShape(counts.shape(), 1), 'c');
        new FusedFunction.Convolution(geometry, 1)
                .kernel()
                .forward(new INDArray[] {counts, share, null, null}, new INDArray[] {shares});
        shares =
                Transforms.max(
                        shares,
                        0.5 / geometry.kernelVolume(),
                        false); // windows without an unmasked position
        means.divi(shares);
    }
}
