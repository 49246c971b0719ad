package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.kernels.GainKernel;
import org.lamina.spec.SkipInitGainSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Multiplication by a learned scalar. */
class SkipInitGainLayer extends SpecLayerImpl<SkipInitGain> {

    private static final long serialVersionUID = 1L;

    /** Creates a layer without parameters. */
    public SkipInitGainLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    protected long[] outputShape(long[] input) {
        return input;
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        GainKernel.multiply(x, gain(params), z);
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        gradients.get(SkipInitGainSpec.GAIN).assign(GainKernel.gradient(x, dz));
        if (dx != null) {
            GainKernel.multiply(dz, gain(params), dx);
        }
    }

    private static double gain(Params params) {
        return params.get(SkipInitGainSpec.GAIN).getDouble(0);
    }
}
