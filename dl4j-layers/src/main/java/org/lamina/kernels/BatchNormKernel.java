package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.floating.SquaredNorm;
import org.nd4j.linalg.api.ops.impl.reduce3.Dot;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Batch normalization of each channel of {@code [N, C, spatial...]}:
 *
 * <pre>
 * y = gamma * (x - mean) / sqrt(var + eps) + beta
 * </pre>
 *
 * <p>with the batch's mean and biased variance in training, given statistics in evaluation. The
 * variance is that of the centred values, so that a large mean costs no precision.
 *
 * <p>Each pass is a handful of whole-array operations on the view {@code [N, C, S]}: libnd4j's
 * broadcast along [1, C, 1] runs at memory speed, DL4J's BatchNormalization does not reach it.
 */
public final class BatchNormKernel {

    private BatchNormKernel() {}

    /** Mean and variance of each channel: a batch's own, or given ones. */
    public static final class Statistics {

        private final INDArray mean;
        private final INDArray variance;

        /** Values per channel in the batch; 0 for given statistics. */
        private final long count;

        private Statistics(INDArray mean, INDArray variance, long count) {
            this.mean = mean;
            this.variance = variance;
            this.count = count;
        }

        /** Statistics that do not depend on the batch, each {@code [C]}. */
        public static Statistics given(INDArray mean, INDArray variance) {
            return new Statistics(Ops.channels(mean), Ops.channels(variance), 0);
        }

        /** A copy outside any workspace. */
        public Statistics detach() {
            return new Statistics(mean.detach(), variance.detach(), count);
        }

        /** Mean of each channel, {@code [C]}. */
        public INDArray mean() {
            return mean.reshape(mean.length());
        }

        /** Unbiased variance of each channel of a batch, {@code [C]}. */
        public INDArray unbiasedVariance() {
            return variance.mul(count / (count - 1.0)).reshape(variance.length());
        }
    }

    /**
     * Forward pass with the batch's own statistics.
     *
     * @param x input, {@code [N, C, spatial...]}
     * @param y receives the output; 'c' order without gaps
     * @return the batch's statistics
     */
    public static Statistics train(
            INDArray x, INDArray gamma, INDArray beta, double eps, INDArray y) {
        INDArray x3 = Ops.byChannel(x);
        INDArray y3 = Ops.byChannel(y);
        long count = x3.size(0) * x3.size(2);
        INDArray mean = x3.sum(true, 0, 2).divi(count);
        x3.sub(mean, y3);
        INDArray variance = squaredNorm(y3).divi(count);
        y3.muli(inverseDeviation(variance, eps).muli(Ops.channels(gamma)));
        y3.addi(Ops.channels(beta));
        return new Statistics(mean, variance, count);
    }

    /**
     * Forward pass with given statistics.
     *
     * @param mean mean of each channel, {@code [C]}
     * @param variance variance of each channel, {@code [C]}
     */
    public static void evaluate(
            INDArray x,
            INDArray gamma,
            INDArray beta,
            INDArray mean,
            INDArray variance,
            double eps,
            INDArray y) {
        INDArray scale = inverseDeviation(Ops.channels(variance), eps).muli(Ops.channels(gamma));
        INDArray y3 = Ops.byChannel(y);
        Ops.byChannel(x).mul(scale, y3);
        y3.addi(Ops.channels(beta).sub(scale.muli(Ops.channels(mean))));
    }

    /**
     * Backward pass.
     *
     * <pre>
     * xHat = (x - mean) / s,  s = sqrt(var + eps)
     * dx   = gamma / s * (dy - mean(dy) - xHat * mean(dy * xHat))    a batch's own statistics
     * dx   = gamma / s * dy                                          given statistics
     * </pre>
     *
     * @param statistics those that the forward pass used
     * @param dx receives the gradient of the input, or null
     * @param dGamma receives the gradient of gamma, {@code [C]}
     * @param dBeta receives the gradient of beta, {@code [C]}
     */
    public static void backward(
            INDArray x,
            INDArray gamma,
            Statistics statistics,
            double eps,
            INDArray dy,
            INDArray dx,
            INDArray dGamma,
            INDArray dBeta) {
        INDArray dy3 = Ops.byChannel(dy);
        INDArray inverse = inverseDeviation(statistics.variance, eps);
        INDArray centred = Ops.scratch(x.dataType(), dy3.shape());
        Ops.byChannel(x).sub(statistics.mean, centred);

        INDArray sum = dy3.sum(true, 0, 2);
        INDArray dot = Nd4j.getExecutioner().exec(new Dot(centred, dy3, 0, 2));
        dot = dot.reshape(sum.shape()).muli(inverse);
        dBeta.assign(sum.reshape(dBeta.shape()));
        dGamma.assign(dot.reshape(dGamma.shape()));
        if (dx == null) {
            return;
        }
        INDArray scale = inverse.mul(Ops.channels(gamma));
        INDArray dx3 = Ops.byChannel(dx);
        dy3.mul(scale, dx3);
        if (statistics.count == 0) {
            return;
        }
        centred.muli(dot.muli(inverse).muli(scale).divi(statistics.count));
        centred.addi(sum.muli(scale).divi(statistics.count));
        dx3.subi(centred);
    }

    private static INDArray squaredNorm(INDArray array3) {
        INDArray result = Ops.scratch(array3.dataType(), 1, array3.size(1), 1);
        return Nd4j.getExecutioner().exec(new SquaredNorm(array3, null, result, true, 0, 2));
    }

    /** 1 / sqrt(variance + eps); a new array. */
    private static INDArray inverseDeviation(INDArray variance, double eps) {
        return Transforms.sqrt(variance.add(eps), false).rdivi(1);
    }
}
