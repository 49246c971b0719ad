package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.kernels.ConvKernel;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.SeparableConvSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Depthwise convolution followed by a pointwise one. */
class SeparableConvLayer extends SpecLayerImpl<SpecLayer<SeparableConvSpec>> {

    private static final long serialVersionUID = 1L;

    private final ConvKernel depthwise;
    private final ConvKernel pointwise;
    private final ConvSpec depthwiseSpec;

    /** Creates a layer without parameters. */
    public SeparableConvLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        SeparableConvSpec spec = layerConf().getSpec();
        this.depthwiseSpec = spec.depthwise().asConv();
        this.depthwise = new ConvKernel(depthwiseSpec.geometry());
        this.pointwise = new ConvKernel(spec.pointwise().geometry());
    }

    @Override
    protected long[] outputShape(long[] input) {
        long[] shape = depthwise.outputShape(input, depthwiseSpec.outChannels());
        shape[1] = layerConf().getNOut();
        return shape;
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        pointwise.forward(
                depthwiseOutput(x, params),
                params.get(SeparableConvSpec.POINTWISE_WEIGHT),
                params.get(SeparableConvSpec.POINTWISE_BIAS),
                z);
    }

    private INDArray depthwiseOutput(INDArray x, Params params) {
        long[] shape = depthwise.outputShape(x.shape(), depthwiseSpec.outChannels());
        INDArray between = Nd4j.createUninitialized(x.dataType(), shape, 'c');
        depthwise.forward(
                x,
                maskFactor(),
                params.get(SeparableConvSpec.DEPTHWISE_WEIGHT),
                params.get(SeparableConvSpec.DEPTHWISE_BIAS),
                between);
        return between;
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        INDArray between = depthwiseOutput(x, params);
        INDArray dBetween = Nd4j.createUninitialized(x.dataType(), between.shape(), 'c');
        pointwise.backward(
                between,
                params.get(SeparableConvSpec.POINTWISE_WEIGHT),
                dz,
                dBetween,
                gradients.get(SeparableConvSpec.POINTWISE_WEIGHT),
                gradients.get(SeparableConvSpec.POINTWISE_BIAS));
        depthwise.backward(
                x,
                maskFactor(),
                params.get(SeparableConvSpec.DEPTHWISE_WEIGHT),
                dBetween,
                dx,
                gradients.get(SeparableConvSpec.DEPTHWISE_WEIGHT),
                gradients.get(SeparableConvSpec.DEPTHWISE_BIAS));
    }
}
