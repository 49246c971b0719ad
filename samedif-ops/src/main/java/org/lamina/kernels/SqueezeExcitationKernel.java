package org.lamina.kernels;

import org.lamina.activations.Activations;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Squeeze and excitation of {@code [N, C, spatial...]}:
 *
 * <pre>
 * y = x * scale * gate(inner(mean(x) w1 + b1) w2 + b2)
 * </pre>
 *
 * @param inner activation function of the hidden units
 * @param gate activation function of the factors
 * @param scale multiplies the factors
 */
record SqueezeExcitationKernel(IActivation inner, IActivation gate, double scale) {

    /**
     * Weights {@code w1 [C, hidden]}, {@code w2 [hidden, C]} and biases {@code b1 [hidden]}, {@code
     * b2 [C]} or null; or their gradients.
     */
    record Weights(INDArray w1, INDArray b1, INDArray w2, INDArray b2) {}

    /**
     * The intermediate values that both passes compute, each {@code [N, hidden]} or {@code [N, C]}.
     */
    private record Values(INDArray mean, INDArray preHidden, INDArray hidden, INDArray preFactor) {}

    /**
     * Forward pass.
     *
     * @param x input; zero at masked steps
     * @param count number of unmasked steps of each example {@code [N, 1]}, or null for all
     * @param y receives the output; contiguous in 'c' order
     */
    void forward(INDArray x, INDArray count, Weights weights, INDArray y) {
        INDArray factors = channelGate().factors(values(x, count, weights).preFactor());
        ChannelGate.apply(x, factors, y);
    }

    private ChannelGate channelGate() {
        return new ChannelGate(gate, scale);
    }

    private Values values(INDArray x, INDArray count, Weights weights) {
        INDArray mean = ChannelGate.means(x, count);
        INDArray preHidden = dense(mean, weights.w1(), weights.b1());
        INDArray hidden = Nd4jOps.scratch(x.dataType(), preHidden.shape());
        Activations.apply(inner, preHidden, hidden, false);
        return new Values(mean, preHidden, hidden, dense(hidden, weights.w2(), weights.b2()));
    }

    private static INDArray dense(INDArray x, INDArray w, INDArray b) {
        INDArray z = Nd4j.createUninitialized(x.dataType(), new long[] {x.size(0), w.size(1)}, 'c');
        DenseKernel.forward(x, w, b, z);
        return z;
    }

    /**
     * Backward pass.
     *
     * @param dy gradient of the output
     * @param dx receives the gradient of the input, or null; undefined at masked steps
     * @param gradients receives the gradients of the weights and biases
     */
    void backward(
            INDArray x,
            INDArray count,
            Weights weights,
            INDArray dy,
            INDArray dx,
            Weights gradients) {
        Values v = values(x, count, weights);
        INDArray factors = channelGate().factors(v.preFactor());
        INDArray dPreFactor = channelGate().gradient(x, v.preFactor(), dy);
        INDArray dHidden = Nd4jOps.scratch(x.dataType(), v.hidden().shape());
        DenseKernel.backward(
                v.hidden(), weights.w2(), dPreFactor, dHidden, gradients.w2(), gradients.b2());
        INDArray dPreHidden = v.preHidden();
        Activations.gradient(inner, v.preHidden(), dHidden, dPreHidden);
        INDArray dMean = dx == null ? null : Nd4jOps.scratch(x.dataType(), v.mean().shape());
        DenseKernel.backward(
                v.mean(), weights.w1(), dPreHidden, dMean, gradients.w1(), gradients.b1());
        if (dx != null) {
            ChannelGate.inputGradient(dy, factors, dMean, count, dx);
        }
    }
}
