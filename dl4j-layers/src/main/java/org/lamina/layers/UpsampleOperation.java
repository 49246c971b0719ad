package org.lamina.layers;

import org.lamina.kernels.UpsampleKernel;
import org.lamina.spec.UpsampleGeometry;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Upsampling with aligned corners. */
final class UpsampleOperation implements LayerOperation {

    private static final long serialVersionUID = 1L;

    private final UpsampleGeometry geometry;
    private final UpsampleKernel kernel = new UpsampleKernel();

    UpsampleOperation(UpsampleGeometry geometry) {
        this.geometry = geometry;
    }

    @Override
    public long[] outputShape(long[] input) {
        return geometry.outputShape(input);
    }

    @Override
    public void forward(INDArray x, Pass pass, INDArray y) {
        kernel.forward(x, pass.mask(), geometry, y);
        if (!pass.masks().isEmpty()) {
            y.muli(pass.masks().get(1));
        }
    }

    @Override
    public void backward(
            INDArray x, Pass pass, INDArray dy, INDArray dx, SpecLayerImpl.Params gradients) {
        if (dx != null) {
            INDArray masked = pass.masks().isEmpty() ? dy : dy.mul(pass.masks().get(1));
            kernel.backward(masked, pass.mask(), geometry, dx);
        }
    }
}
