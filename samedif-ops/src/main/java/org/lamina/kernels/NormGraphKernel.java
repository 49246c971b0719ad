package org.lamina.kernels;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Normalization with the input's own statistics, which are kept; inputs x, gamma, beta, mask. */
final class NormGraphKernel implements GraphKernel {

    private static final int KEPT = 3;

    private final NormKernel kernel;

    /** Whether mean and unbiased variance are outputs too. */
    private final boolean givesStatistics;

    NormGraphKernel(NormKernel kernel, boolean givesStatistics) {
        this.kernel = kernel;
        this.givesStatistics = givesStatistics;
    }

    @Override
    public int kept() {
        return KEPT;
    }

    @Override
    public long[][] outputShapes(INDArray[] inputs) {
        long[] x = inputs[0].shape();
        long examples = givesStatistics ? 1 : x[0];
        long[] statistic = {examples, x[1], 1};
        long[] count = {inputs[3] == null ? 1 : examples, 1, 1};
        long[] channels = {x[1]};
        return givesStatistics
                ? new long[][] {x, channels, channels, statistic, statistic, count}
                : new long[][] {x, statistic, statistic, count};
    }

    @Override
    public void forward(INDArray[] inputs, INDArray[] outputs) {
        NormKernel.Statistics own =
                kernel.forward(inputs[0], inputs[1], inputs[2], inputs[3], outputs[0]);
        if (givesStatistics) {
            outputs[1].assign(own.mean());
            outputs[2].assign(own.unbiasedVariance());
        }
        own.copyTo(Arrays.copyOfRange(outputs, outputs.length - KEPT, outputs.length));
    }

    @Override
    public void backward(
            INDArray[] inputs, INDArray[] kept, INDArray gradient, INDArray[] gradients) {
        kernel.backward(
                inputs[0],
                inputs[1],
                NormKernel.Statistics.of(kept),
                inputs[3],
                gradient,
                gradients[0],
                gradients[1],
                gradients[2]);
    }
}
