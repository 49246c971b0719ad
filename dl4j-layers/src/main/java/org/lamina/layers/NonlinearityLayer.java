package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An activation function alone; the base class applies it. */
class NonlinearityLayer extends SpecLayerImpl<Nonlinearity> {

    private static final long serialVersionUID = 1L;

    /** Creates a layer without parameters. */
    public NonlinearityLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    protected boolean isActivationAlone() {
        return true;
    }

    @Override
    protected long[] outputShape(long[] input) {
        return input;
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        z.assign(x);
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        if (dx != null) {
            dx.assign(dz);
        }
    }
}
