package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * libnd4j's {@code depthwise_conv2d}. oneDNN is fast for one filter per channel only, so that a
 * channel with several is repeated.
 */
final class DepthwiseConv implements ConvMethod {

    private static final long serialVersionUID = 1L;

    /** Weights as [kH, kW, C, 1]. */
    private static final int KERNEL_IN_OUT = 0;

    private final OpConv op;

    DepthwiseConv(OpConv op) {
        this.op = op;
    }

    @Override
    public void forward(INDArray x, INDArray w, INDArray y) {
        Ops.exec(
                "depthwise_conv2d",
                new INDArray[] {repeated(x, w), opWeight(w)},
                new INDArray[] {y},
                op.arguments(KERNEL_IN_OUT));
    }

    @Override
    public void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
        long multiplier = w.size(0) / x.size(1);
        INDArray input = repeated(x, w);
        INDArray dInput =
                dx == null || multiplier > 1 ? Ops.scratch(x.dataType(), input.shape()) : dx;
        INDArray opWeight = opWeight(w);
        INDArray dOpWeight = Ops.scratch(w.dataType(), opWeight.shape());
        Ops.exec(
                "depthwise_conv2d_bp",
                new INDArray[] {input, opWeight, dy},
                new INDArray[] {dInput, dOpWeight},
                op.arguments(KERNEL_IN_OUT));
        dw.assign(dOpWeight.permute(2, 3, 0, 1));
        if (dx != null && multiplier > 1) {
            long[] s = x.shape();
            dInput.reshape('c', s[0], s[1], multiplier, s[2], s[3]).sum(dx, 2);
        }
    }

    /** Each channel as often as it has filters. */
    private INDArray repeated(INDArray x, INDArray w) {
        long multiplier = w.size(0) / x.size(1);
        if (multiplier == 1) {
            return x;
        }
        long[] s = x.shape();
        INDArray all = Ops.scratch(x.dataType(), s[0], s[1], multiplier, s[2], s[3]);
        x.reshape('c', s[0], s[1], 1, s[2], s[3]).broadcast(all);
        return all.reshape('c', s[0], s[1] * multiplier, s[2], s[3]);
    }

    /** [O, 1, kH, kW] as the op wants it for multiplier 1: [kH, kW, O, 1]. */
    private INDArray opWeight(INDArray w) {
        return w.permute(2, 3, 0, 1).dup('c');
    }
}
