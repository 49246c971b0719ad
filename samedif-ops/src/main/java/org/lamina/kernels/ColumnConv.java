package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A depthwise convolution whose kernel is one whole column, as a batched matrix product: {@code
 * y[n, g] = w[g] x[n, g]} with {@code w[g] [multiplier, height]} and {@code x[n, g] [height,
 * width]}.
 */
final class ColumnConv implements ConvMethod {

    @Override
    public void forward(INDArray x, INDArray w, INDArray y) {
        Nd4jOps.matmul(perExample(x, w), x, byGroup(y, x), false, false);
    }

    @Override
    public void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
        INDArray gradient = byGroup(dy, x);
        if (dx != null) {
            Nd4jOps.matmul(perExample(x, w), gradient, dx, true, false);
        }
        long groups = x.size(1);
        INDArray dws =
                Nd4jOps.scratch(w.dataType(), x.size(0), groups, w.size(0) / groups, w.size(2));
        Nd4jOps.matmul(gradient, x, dws, false, true);
        dws.sum(dw.reshape('c', groups, w.size(0) / groups, w.size(2)), 0);
    }

    /** The weights repeated for each example, since libnd4j's matmul does not broadcast. */
    private static INDArray perExample(INDArray x, INDArray w) {
        long groups = x.size(1);
        INDArray one = w.reshape('c', 1, groups, w.size(0) / groups, w.size(2));
        INDArray all = Nd4jOps.scratch(w.dataType(), x.size(0), groups, one.size(2), one.size(3));
        return one.broadcast(all);
    }

    private static INDArray byGroup(INDArray y, INDArray x) {
        long groups = x.size(1);
        return y.reshape('c', y.size(0), groups, y.size(1) / groups, y.size(3));
    }
}
