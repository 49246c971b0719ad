package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce3.Dot;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * {@code y = x * sigmoid(beta * x)} with one beta for each channel of {@code [N, C, spatial...]}.
 */
public final class SwishKernel {

    private SwishKernel() {}

    /** sigmoid(beta * x), {@code [N, C, S]}; a new array. */
    private static INDArray gate(INDArray x3, INDArray beta) {
        INDArray gate = Nd4jOps.scratch(x3.dataType(), x3.shape());
        x3.mul(Nd4jOps.channels(beta), gate);
        return Transforms.sigmoid(gate, false);
    }

    /**
     * Forward pass.
     *
     * @param beta {@code [C]}
     * @param y receives the output; contiguous in 'c' order
     */
    public static void forward(INDArray x, INDArray beta, INDArray y) {
        INDArray x3 = Nd4jOps.byChannel(x);
        x3.mul(gate(x3, beta), Nd4jOps.byChannel(y));
    }

    /**
     * Backward pass.
     *
     * <pre>
     * s     = sigmoid(beta * x)
     * dx    = dy * s * (1 + beta * x * (1 - s))
     * dBeta = sum(dy * x * x * s * (1 - s))
     * </pre>
     *
     * @param dx receives the gradient of the input, or null
     * @param dBeta receives the gradient of beta, {@code [C]}
     */
    public static void backward(
            INDArray x, INDArray beta, INDArray dy, INDArray dx, INDArray dBeta) {
        INDArray x3 = Nd4jOps.byChannel(x);
        INDArray dy3 = Nd4jOps.byChannel(dy);
        INDArray gate = gate(x3, beta);
        INDArray slope = gate.rsub(1).muli(x3);
        if (dx != null) {
            INDArray dx3 = Nd4jOps.byChannel(dx);
            slope.mul(Nd4jOps.channels(beta), dx3);
            dx3.addi(1).muli(gate).muli(dy3);
        }
        slope.muli(gate).muli(x3);
        INDArray sum = Nd4j.getExecutioner().exec(new Dot(slope, dy3, 0, 2));
        dBeta.assign(sum.reshape(dBeta.shape()));
    }
}
