package org.lamina.kernels;

import org.lamina.arrays.Views;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * libnd4j's {@code depthwise_conv2d}. oneDNN is fast only for one filter per channel; several take
 * one call each: the first filters of all channels, then the second filters, and so on.
 */
final class DepthwiseConv implements ConvMethod {

    /** Weights as [kH, kW, C, 1]. */
    private static final int KERNEL_IN_OUT = 0;

    private final Nd4jConv op;

    DepthwiseConv(Nd4jConv op) {
        this.op = op;
    }

    @Override
    public void forward(INDArray x, INDArray w, INDArray y) {
        int filters = filters(x, w);
        for (int f = 0; f < filters; f++) {
            Nd4jOps.exec(
                    "depthwise_conv2d",
                    new INDArray[] {x, opWeight(Views.every(filters, f, w, 0))},
                    new INDArray[] {Views.every(filters, f, y, 1)},
                    op.arguments(KERNEL_IN_OUT));
        }
    }

    @Override
    public void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
        int filters = filters(x, w);
        INDArray part = dx == null || filters > 1 ? Nd4jOps.scratch(x.dataType(), x.shape()) : null;
        for (int f = 0; f < filters; f++) {
            INDArray opWeight = opWeight(Views.every(filters, f, w, 0));
            INDArray dOpWeight = Nd4jOps.scratch(w.dataType(), opWeight.shape());
            boolean first = f == 0 && dx != null;
            Nd4jOps.exec(
                    "depthwise_conv2d_bp",
                    new INDArray[] {
                        x, opWeight, Nd4jOps.contiguous(Views.every(filters, f, dy, 1))
                    },
                    new INDArray[] {first ? dx : part, dOpWeight},
                    op.arguments(KERNEL_IN_OUT));
            Views.every(filters, f, dw, 0).assign(dOpWeight.permute(2, 3, 0, 1));
            if (f > 0 && dx != null) {
                dx.addi(part);
            }
        }
    }

    private static int filters(INDArray x, INDArray w) {
        return (int) (w.size(0) / x.size(1));
    }

    /** [C, 1, kH, kW] in the op's layout: [kH, kW, C, 1]. */
    private static INDArray opWeight(INDArray w) {
        return w.permute(2, 3, 0, 1).dup('c');
    }
}
