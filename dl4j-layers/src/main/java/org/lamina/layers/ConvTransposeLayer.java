package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.kernels.ConvTransposeKernel;
import org.lamina.spec.ConvTransposeSpec;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Transposed convolution in 1, 2 or 3 dimensions. */
class ConvTransposeLayer extends SpecLayerImpl<SpecLayer<ConvTransposeSpec>> {

    private static final long serialVersionUID = 1L;

    private final ConvTransposeKernel kernel;

    /** Creates a layer without parameters. */
    public ConvTransposeLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        this.kernel = new ConvTransposeKernel(layerConf().getSpec().geometry());
    }

    @Override
    protected long[] outputShape(long[] input) {
        return kernel.outputShape(input, layerConf().getSpec().outChannels());
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        kernel.forward(x, params.get(ParamSpec.WEIGHT), params.get(ParamSpec.BIAS), z);
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
                params.get(ParamSpec.WEIGHT),
                dz,
                dx,
                gradients.get(ParamSpec.WEIGHT),
                gradients.get(ParamSpec.BIAS));
    }
}
