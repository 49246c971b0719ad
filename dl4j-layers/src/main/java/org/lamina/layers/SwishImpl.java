package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.activations.Activations;
import org.lamina.activations.Swish;
import org.lamina.kernels.SwishKernel;
import org.lamina.spec.SwishSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Swish. */
class SwishImpl extends SpecLayerImpl<SwishLayer> {

    private static final long serialVersionUID = 1L;

    /** Creates a layer without parameters. */
    public SwishImpl(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    private Swish constant() {
        return new Swish(layerConf().getSpec().beta());
    }

    @Override
    protected long[] outputShape(long[] input) {
        return input;
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        if (layerConf().getSpec().learnableBeta()) {
            SwishKernel.forward(x, params.get(SwishSpec.BETA), z);
        } else {
            Activations.apply(constant(), x, z, training);
        }
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        if (layerConf().getSpec().learnableBeta()) {
            SwishKernel.backward(
                    x, params.get(SwishSpec.BETA), dz, dx, gradients.get(SwishSpec.BETA));
        } else if (dx != null) {
            Activations.gradient(constant(), x, dz, dx);
        }
    }
}
