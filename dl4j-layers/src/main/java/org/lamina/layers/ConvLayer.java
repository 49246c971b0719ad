package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.kernels.ConvKernel;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolution in 1, 2 or 3 dimensions, grouped or depthwise. */
class ConvLayer extends SpecLayerImpl<SpecLayer<?>> {

    private static final long serialVersionUID = 1L;

    private final ConvKernel kernel;
    private final ConvSpec spec;

    /** Creates a layer without parameters. */
    public ConvLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        Object family = layerConf().getSpec();
        this.spec =
                family instanceof DepthwiseConvSpec
                        ? ((DepthwiseConvSpec) family).asConv()
                        : (ConvSpec) family;
        this.kernel = new ConvKernel(spec.geometry());
    }

    @Override
    protected long[] outputShape(long[] input) {
        return kernel.outputShape(input, spec.outChannels());
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        kernel.forward(
                x, maskFactor(), params.get(ParamSpec.WEIGHT), params.get(ParamSpec.BIAS), z);
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        kernel.backward(
                x,
                maskFactor(),
                params.get(ParamSpec.WEIGHT),
                dz,
                dx,
                gradients.get(ParamSpec.WEIGHT),
                gradients.get(ParamSpec.BIAS));
    }
}
