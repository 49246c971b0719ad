package org.lamina.layers.impl;

import java.util.Arrays;
import org.lamina.kernels.UpsampleKernel;
import org.lamina.spec.UpsampleGeometry;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Upsampling with aligned corners. */
final class UpsampleStage implements Stage {

    private static final long serialVersionUID = 1L;

    private final UpsampleGeometry geometry;
    private final UpsampleKernel kernel = new UpsampleKernel();

    UpsampleStage(UpsampleGeometry geometry) {
        this.geometry = geometry;
    }

    @Override
    public long[] outputShape(long[] input) {
        long[] shape = input.clone();
        long[] size = geometry.outputSize(Arrays.copyOfRange(input, 2, input.length));
        System.arraycopy(size, 0, shape, 2, size.length);
        return shape;
    }

    @Override
    public void forward(INDArray x, Pass pass, INDArray y) {
        kernel.forward(x, y);
    }

    @Override
    public void backward(
            INDArray x, Pass pass, INDArray dy, INDArray dx, SpecLayerImpl.Params gradients) {
        if (dx != null) {
            kernel.backward(dy, dx);
        }
    }
}
