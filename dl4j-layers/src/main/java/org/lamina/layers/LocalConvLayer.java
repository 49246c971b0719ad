package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.kernels.LocalConvKernel;
import org.lamina.spec.LocalConvSpec;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolution in 1 or 2 dimensions with separate filters at every output position. */
class LocalConvLayer extends SpecLayerImpl<SpecLayer<LocalConvSpec>> {

    private static final long serialVersionUID = 1L;

    private final LocalConvKernel kernel;

    /** Creates a layer without parameters. */
    public LocalConvLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        this.kernel = new LocalConvKernel(layerConf().getSpec().geometry());
    }

    @Override
    protected long[] outputShape(long[] input) {
        return kernel.outputShape(input, layerConf().getSpec().outChannels());
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
