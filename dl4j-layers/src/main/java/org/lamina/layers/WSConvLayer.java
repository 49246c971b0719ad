package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.kernels.ConvKernel;
import org.lamina.kernels.WeightStandardizationKernel;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.WSConvSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolution with standardized weights, in 1, 2 or 3 dimensions. */
class WSConvLayer extends SpecLayerImpl<SpecLayer<WSConvSpec>> {

    private static final long serialVersionUID = 1L;

    private final ConvKernel convolution;
    private final WeightStandardizationKernel standardization;

    /** Creates a layer without parameters. */
    public WSConvLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        WSConvSpec spec = layerConf().getSpec();
        this.convolution = new ConvKernel(spec.conv().geometry());
        this.standardization = new WeightStandardizationKernel(spec.standardization());
    }

    @Override
    protected long[] outputShape(long[] input) {
        return convolution.outputShape(input, layerConf().getSpec().outChannels());
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        convolution.forward(x, maskFactor(), standardized(params), params.get(ParamSpec.BIAS), z);
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        INDArray dw = gradients.get(ParamSpec.WEIGHT);
        convolution.backward(
                x, maskFactor(), standardized(params), dz, dx, dw, gradients.get(ParamSpec.BIAS));
        standardization.backward(
                params.get(ParamSpec.WEIGHT),
                params.get(WSConvSpec.GAIN),
                dw,
                dw,
                gradients.get(WSConvSpec.GAIN));
    }

    /** The standardized weight, a new array. */
    private INDArray standardized(Params params) {
        INDArray w = params.get(ParamSpec.WEIGHT);
        INDArray result = w.ulike();
        standardization.forward(w, params.get(WSConvSpec.GAIN), result);
        return result;
    }
}
