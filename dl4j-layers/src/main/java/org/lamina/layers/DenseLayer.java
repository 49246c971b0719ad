package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.kernels.DenseKernel;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Fully connected layer. */
class DenseLayer extends SpecLayerImpl<ConstrainedDense> {

    private static final long serialVersionUID = 1L;

    /** Creates a layer without parameters. */
    public DenseLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    protected long[] outputShape(long[] input) {
        return new long[] {input[0], layerConf().getNOut()};
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        DenseKernel.forward(x, params.get(ParamSpec.WEIGHT), params.get(ParamSpec.BIAS), z);
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        DenseKernel.backward(
                x,
                params.get(ParamSpec.WEIGHT),
                dz,
                dx,
                gradients.get(ParamSpec.WEIGHT),
                gradients.get(ParamSpec.BIAS));
    }
}
