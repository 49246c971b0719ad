package org.lamina.layers.impl;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.kernels.SqueezeExcitationKernel;
import org.lamina.layers.conf.SqueezeExcitation;
import org.lamina.spec.SqueezeExcitationSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Squeeze and excitation. */
public class SqueezeExcitationLayer extends SpecLayerImpl<SqueezeExcitation> {

    private static final long serialVersionUID = 1L;

    private final SqueezeExcitationKernel kernel;

    /** A layer without parameters yet. */
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
        kernel.forward(x, steps(), weights(params), z);
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        kernel.backward(x, steps(), weights(params), dz, dx, weights(gradients));
    }

    /** Number of unmasked steps of each example, {@code [N, 1]}, 1 for none; null without mask. */
    private INDArray steps() {
        INDArray mask = maskFactor();
        if (mask == null) {
            return null;
        }
        INDArray steps = mask.reshape(mask.size(0), mask.length() / mask.size(0)).sum(true, 1);
        return Transforms.max(steps, 1.0, false);
    }

    private static SqueezeExcitationKernel.Weights weights(Params params) {
        return new SqueezeExcitationKernel.Weights(
                params.get(SqueezeExcitationSpec.SQUEEZE_WEIGHT),
                params.get(SqueezeExcitationSpec.SQUEEZE_BIAS),
                params.get(SqueezeExcitationSpec.EXCITE_WEIGHT),
                params.get(SqueezeExcitationSpec.EXCITE_BIAS));
    }
}
