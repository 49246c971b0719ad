package org.lamina.layers;

import org.lamina.kernels.ConvKernel;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A convolution. */
final class ConvOperation implements LayerOperation {

    private static final long serialVersionUID = 1L;

    private final ConvKernel kernel;
    private final long outChannels;

    ConvOperation(ConvSpec spec) {
        this.kernel = new ConvKernel(spec.geometry());
        this.outChannels = spec.outChannels();
    }

    @Override
    public long[] outputShape(long[] input) {
        return kernel.outputShape(input, outChannels);
    }

    @Override
    public void forward(INDArray x, Pass pass, INDArray y) {
        kernel.forward(x, pass.param(ParamSpec.WEIGHT), pass.param(ParamSpec.BIAS), y);
    }

    @Override
    public void backward(
            INDArray x, Pass pass, INDArray dy, INDArray dx, SpecLayerImpl.Params gradients) {
        kernel.backward(
                x,
                pass.param(ParamSpec.WEIGHT),
                dy,
                dx,
                gradients.get(ParamSpec.WEIGHT),
                gradients.get(ParamSpec.BIAS));
    }
}
