package org.lamina.kernels;

import java.util.Arrays;
import org.lamina.kernels.TemporalSpatialKernel.Statistics;
import org.lamina.kernels.TemporalSpatialKernel.Weights;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link TemporalSpatialKernel} with the input's own statistics, which are kept. */
final class TemporalSpatialGraphKernel implements GraphKernel {

    private static final int KEPT = 5;
    private static final int MASK = 7;

    private final TemporalSpatialKernel kernel;

    TemporalSpatialGraphKernel(TemporalSpatialKernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public int kept() {
        return KEPT;
    }

    @Override
    public long[][] outputShapes(INDArray[] inputs) {
        long filters = inputs[1].size(0);
        long taps = inputs[1].size(3);
        long[] channels = {filters};
        long[] statistic = {1, filters, 1};
        return new long[][] {
            kernel.outputShape(inputs[0].shape()),
            channels,
            channels,
            statistic,
            statistic,
            {1, 1, 1},
            {taps},
            {filters, taps}
        };
    }

    @Override
    public void forward(INDArray[] inputs, INDArray[] outputs) {
        Statistics own = kernel.forward(inputs[0], weights(inputs), null, inputs[MASK], outputs[0]);
        outputs[1].assign(own.norm().mean());
        outputs[2].assign(own.norm().unbiasedVariance());
        own.copyTo(Arrays.copyOfRange(outputs, outputs.length - KEPT, outputs.length));
    }

    @Override
    public void backward(
            INDArray[] inputs, INDArray[] kept, INDArray gradient, INDArray[] gradients) {
        boolean spatialFirst = kernel.spatialFirst(inputs[0].shape(), true, inputs[MASK] != null);
        kernel.backward(
                inputs[0],
                weights(inputs),
                Statistics.of(spatialFirst, kept),
                inputs[MASK],
                gradient,
                gradients[0],
                gradients(gradients, inputs));
    }

    /** Arrays for the gradients of the parameters; the kernel computes those of both weights. */
    static Weights gradients(INDArray[] gradients, INDArray[] inputs) {
        FunctionKernel.required(gradients, inputs, 1);
        FunctionKernel.required(gradients, inputs, 5);
        return weights(gradients);
    }

    static Weights weights(INDArray[] arrays) {
        return new Weights(arrays[1], arrays[2], arrays[3], arrays[4], arrays[5], arrays[6]);
    }
}
