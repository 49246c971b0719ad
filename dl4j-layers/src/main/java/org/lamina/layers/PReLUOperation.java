package org.lamina.layers;

import org.lamina.kernels.PReLUKernel;
import org.lamina.spec.PReLUSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A rectifier; with a slope for negative values if the layer has one. */
final class PReLUOperation implements LayerOperation {

    private static final long serialVersionUID = 1L;

    @Override
    public long[] outputShape(long[] input) {
        return input;
    }

    @Override
    public void forward(INDArray x, Pass pass, INDArray y) {
        PReLUKernel.forward(x, pass.param(PReLUSpec.SLOPE), y);
    }

    @Override
    public void backward(
            INDArray x, Pass pass, INDArray dy, INDArray dx, SpecLayerImpl.Params gradients) {
        PReLUKernel.backward(
                x, pass.param(PReLUSpec.SLOPE), dy, dx, gradients.get(PReLUSpec.SLOPE));
    }
}
