package org.lamina.layers.impl;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.layers.conf.SkipInitGain;
import org.lamina.spec.SkipInitGainSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce3.Dot;
import org.nd4j.linalg.factory.Nd4j;

/** Multiplication by one learnt number. */
public class SkipInitGainLayer extends SpecLayerImpl<SkipInitGain> {

    private static final long serialVersionUID = 1L;

    /** A layer without parameters yet. */
    public SkipInitGainLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    protected long[] outputShape(long[] input) {
        return input;
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        x.muli(params.get(SkipInitGainSpec.GAIN).getDouble(0), z);
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        gradients
                .get(SkipInitGainSpec.GAIN)
                .assign(Nd4j.getExecutioner().exec(new Dot(x, dz)).getDouble(0));
        if (dx != null) {
            dz.muli(params.get(SkipInitGainSpec.GAIN).getDouble(0), dx);
        }
    }
}
