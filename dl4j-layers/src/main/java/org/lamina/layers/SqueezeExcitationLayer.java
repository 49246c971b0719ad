package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.arrays.Masks;
import org.lamina.kernels.SqueezeExcitationKernel;
import org.lamina.spec.SqueezeExcitationSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Squeeze and excitation. */
class SqueezeExcitationLayer extends SpecLayerImpl<SqueezeExcitation> {

    private static final long serialVersionUID = 1L;

    private final SqueezeExcitationKernel kernel;

    /** Creates a layer without parameters. */
    public SqueezeExcitationLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        SqueezeExcitationSpec spec = layerConf().getSpec();
        this.kernel =
                new SqueezeExcitationKernel(spec.innerActivation(), spec.gate(), spec.scale());
    }

    @Override
    protected long[] outputShape(long[] input) {
        return input;
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        kernel.forward(x, Masks.count(maskFactor()), weights(params), z);
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        kernel.backward(x, Masks.count(maskFactor()), weights(params), dz, dx, weights(gradients));
    }

    private static SqueezeExcitationKernel.Weights weights(Params params) {
        return new SqueezeExcitationKernel.Weights(
                params.get(SqueezeExcitationSpec.SQUEEZE_WEIGHT),
                params.get(SqueezeExcitationSpec.SQUEEZE_BIAS),
                params.get(SqueezeExcitationSpec.EXCITE_WEIGHT),
                params.get(SqueezeExcitationSpec.EXCITE_BIAS));
    }
}
