package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.arrays.Masks;
import org.lamina.kernels.ECAKernel;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Efficient channel attention. */
class ECALayer extends SpecLayerImpl<ECA> {

    private static final long serialVersionUID = 1L;

    private final ECAKernel kernel;

    /** Creates a layer without parameters. */
    public ECALayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        this.kernel = new ECAKernel(layerConf().getSpec());
    }

    @Override
    protected long[] outputShape(long[] input) {
        return input;
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        kernel.forward(x, Masks.count(maskFactor()), params.get(ParamSpec.WEIGHT), z);
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        INDArray count = Masks.count(maskFactor());
        INDArray w = params.get(ParamSpec.WEIGHT);
        kernel.backward(x, count, w, dz, dx, gradients.get(ParamSpec.WEIGHT));
    }
}
