package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.floating.SquaredNorm;
import org.nd4j.linalg.api.ops.impl.reduce3.Dot;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Normalization of each channel of {@code [N, C, spatial...]}:
 *
 * <pre>
 * y = gamma * (x - mean) / sqrt(var + eps) + beta
 * </pre>
 *
 * <p>with mean and biased variance over the whole minibatch (batch normalization), over each
 * example (instance normalization), or given. The variance is computed from centred values, so a
 * large mean costs no precision.
 *
 * <p>Where variance and eps are both 0, {@code 1 / sqrt(var + eps)} is taken as 0, as in PyTorch's
 * training: the output is beta, and the gradients of x and gamma are 0.
 *
 * <p>With a mask, masked steps do not count, whatever their values; their output and gradient are
 * 0.
 *
 * <p>In float without a mask oneDNN is used where possible, see {@link OneDnnNorm}. Otherwise each
 * pass is a few whole-array operations on the view {@code [N, C, S]}: libnd4j's broadcast along [1,
 * C, 1] or [N, C, 1] runs at memory speed, unlike DL4J's BatchNormalization.
 */
final class NormKernel {

    /** Dimensions of {@code [N, C, S]} that statistics are taken over. */
    private final int[] dimensions;

    private final double eps;
    private final OneDnnNorm direct;

    private NormKernel(double eps, int... dimensions) {
        this.eps = eps;
        this.dimensions = dimensions;
        this.direct = new OneDnnNorm(eps, dimensions.length == 1);
    }

    /** Statistics of each channel. */
    static NormKernel batch(double eps) {
        return new NormKernel(eps, 0, 2);
    }

    /** Statistics of each channel of each example. */
    static NormKernel instance(double eps) {
        return new NormKernel(eps, 2);
    }

    /** Mean and variance, taken from an input or given. */
    static final class Statistics {

        private final INDArray mean;
        private final INDArray variance;

        /** Number of values that they were computed from; null for given statistics. */
        private final Count count;

        Statistics(INDArray mean, INDArray variance, Count count) {
            this.mean = mean;
            this.variance = variance;
            this.count = count;
        }

        /** Statistics that do not depend on the input, each {@code [C]}. */
        static Statistics given(INDArray mean, INDArray variance) {
            return new Statistics(Nd4jOps.channels(mean), Nd4jOps.channels(variance), null);
        }

        /** Mean, variance and count as written by {@link #copyTo}. */
        static Statistics of(INDArray... arrays) {
            return new Statistics(arrays[0], arrays[1], new Count(0, arrays[2]));
        }

        /** Copies mean, variance and count, which must not be given statistics. */
        void copyTo(INDArray... arrays) {
            arrays[0].assign(mean);
            arrays[1].assign(variance);
            count.copyTo(arrays[2]);
        }

        /** Whether the statistics are given, independent of the input. */
        boolean isGiven() {
            return count == null;
        }

        /** Number of values that the first statistic was computed from. */
        double values() {
            return count.ofFirst();
        }

        /** The biased variance of each channel, {@code [C]}. */
        INDArray variance() {
            return variance.reshape(variance.length());
        }

        /** A copy outside any workspace. */
        Statistics detach() {
            return new Statistics(mean.detach(), variance.detach(), count.detach());
        }

        /** A minibatch's mean of each channel, {@code [C]}. */
        INDArray mean() {
            return mean.reshape(mean.length());
        }

        /** A minibatch's unbiased variance of each channel, {@code [C]}. */
        INDArray unbiasedVariance() {
            double n = count.ofFirst();
            return variance.mul(n / Math.max(n - 1, 1)).reshape(variance.length());
        }
    }

    /**
     * Number of values that statistics were computed from, at least 1.
     *
     * @param all the number for all statistics, if there is no array
     * @param masked {@code [1, 1, 1]} or {@code [N, 1, 1]} where a mask makes a difference, or null
     */
    record Count(long all, INDArray masked) {

        INDArray divide(INDArray sums) {
            return masked == null ? sums.divi(all) : sums.divi(masked);
        }

        Count detach() {
            return masked == null ? this : new Count(all, masked.detach());
        }

        void copyTo(INDArray array) {
            if (masked == null) {
                array.assign(all);
            } else {
                array.assign(masked);
            }
        }

        double ofFirst() {
            return masked == null ? all : masked.getDouble(0);
        }
    }

    /**
     * Forward pass with the input's own statistics.
     *
     * @param x input, {@code [N, C, spatial...]}
     * @param gamma scale of each channel {@code [C]}, or null for 1
     * @param beta shift of each channel {@code [C]}, or null for 0
     * @param mask 1 for steps that count, {@code [N, 1, T]} or {@code [N, 1]}; null if all do
     * @param y receives the output; contiguous in 'c' order
     * @return the statistics
     */
    Statistics forward(INDArray x, INDArray gamma, INDArray beta, INDArray mask, INDArray y) {
        if (mask == null && direct.serves(x)) {
            Statistics statistics = direct.forward(Nd4jOps.contiguous(x), gamma, beta, y);
            if (statistics != null) {
                return statistics;
            }
        }
        INDArray x3 = Nd4jOps.byChannel(x);
        INDArray y3 = Nd4jOps.byChannel(y);
        Count count = count(x3, mask);
        INDArray kept = mask == null ? x3 : x3.mul(steps(mask), y3);
        INDArray mean = count.divide(kept.sum(true, dimensions));
        centre(x3, mean, mask, y3);
        if (eps == 0) {
            // The exact mean of a constant channel leaves exactly 0, and hence a variance of 0.
            mean.addi(count.divide(y3.sum(true, dimensions)));
            centre(x3, mean, mask, y3);
        }
        INDArray variance = count.divide(squaredNorm(y3));
        scale(y3, inverseDeviation(variance), gamma, beta, mask);
        return new Statistics(mean, variance, count);
    }

    /**
     * Forward pass with given statistics.
     *
     * @param gamma scale of each channel, {@code [C]}
     * @param beta shift of each channel, {@code [C]}
     * @param mean mean of each channel, {@code [C]}
     * @param variance variance of each channel, {@code [C]}
     */
    void forward(
            INDArray x,
            INDArray gamma,
            INDArray beta,
            INDArray mean,
            INDArray variance,
            INDArray mask,
            INDArray y) {
        if (mask == null
                && direct.serves(x)
                && direct.forward(
                        Nd4jOps.contiguous(x), Statistics.given(mean, variance), gamma, beta, y)) {
            return;
        }
        INDArray scale = inverseDeviation(Nd4jOps.channels(variance)).muli(Nd4jOps.channels(gamma));
        INDArray y3 = Nd4jOps.byChannel(y);
        Nd4jOps.byChannel(x).mul(scale, y3);
        y3.addi(Nd4jOps.channels(beta).sub(scale.muli(Nd4jOps.channels(mean))));
        if (mask != null) {
            y3.muli(steps(mask));
        }
    }

    private static void centre(INDArray x3, INDArray mean, INDArray mask, INDArray result3) {
        x3.sub(mean, result3);
        if (mask != null) {
            result3.muli(steps(mask));
        }
    }

    private static void scale(
            INDArray y3, INDArray inverse, INDArray gamma, INDArray beta, INDArray mask) {
        y3.muli(gamma == null ? inverse : inverse.muli(Nd4jOps.channels(gamma)));
        if (beta != null) {
            y3.addi(Nd4jOps.channels(beta));
        }
        if (mask != null) {
            y3.muli(steps(mask));
        }
    }

    /**
     * Backward pass.
     *
     * <pre>
     * xHat = (x - mean) / s,  s = sqrt(var + eps)
     * dx   = gamma / s * (dy - mean(dy) - xHat * mean(dy * xHat))    the input's own statistics
     * dx   = gamma / s * dy                                          given statistics
     * </pre>
     *
     * @param statistics those that the forward pass used
     * @param dx receives the gradient of the input, or null
     * @param dGamma receives the gradient of gamma, {@code [C]}; null without gamma
     * @param dBeta receives the gradient of beta, {@code [C]}; null without beta
     */
    void backward(
            INDArray x,
            INDArray gamma,
            Statistics statistics,
            INDArray mask,
            INDArray dy,
            INDArray dx,
            INDArray dGamma,
            INDArray dBeta) {
        if (mask == null
                && direct.serves(x)
                && direct.backward(
                        Nd4jOps.contiguous(x),
                        gamma,
                        statistics,
                        Nd4jOps.contiguous(dy),
                        dx,
                        dGamma,
                        dBeta)) {
            return;
        }
        INDArray dy3 =
                mask == null ? Nd4jOps.byChannel(dy) : Nd4jOps.byChannel(dy).mul(steps(mask));
        INDArray inverse = inverseDeviation(statistics.variance);
        INDArray centred = Nd4jOps.scratch(x.dataType(), dy3.shape());
        centre(Nd4jOps.byChannel(x), statistics.mean, mask, centred);

        INDArray sum = dy3.sum(true, dimensions);
        INDArray dot = Nd4j.getExecutioner().exec(new Dot(centred, dy3, dimensions));
        dot = dot.reshape(sum.shape()).muli(inverse);
        if (dBeta != null) {
            dBeta.assign(sum.sum(0).reshape(dBeta.shape()));
        }
        if (dGamma != null) {
            dGamma.assign(dot.sum(0).reshape(dGamma.shape()));
        }
        if (dx == null) {
            return;
        }
        INDArray scale = gamma == null ? inverse : inverse.mul(Nd4jOps.channels(gamma));
        INDArray dx3 = Nd4jOps.byChannel(dx);
        dy3.mul(scale, dx3);
        if (statistics.count == null) {
            return;
        }
        centred.muli(statistics.count.divide(dot.muli(inverse).muli(scale)));
        centred.addi(statistics.count.divide(sum.muli(scale)));
        dx3.subi(centred);
        if (mask != null) {
            dx3.muli(steps(mask));
        }
    }

    private Count count(INDArray x3, INDArray mask) {
        long count = 1;
        for (int d : dimensions) {
            count *= x3.size(d);
        }
        return new Count(
                count,
                mask == null
                        ? null
                        : Transforms.max(steps(mask).sum(true, dimensions), 1.0, false));
    }

    /** A mask as a factor of {@code [N, C, S]}. */
    private static INDArray steps(INDArray mask) {
        return mask.reshape(mask.size(0), 1, mask.length() / mask.size(0));
    }

    private INDArray squaredNorm(INDArray array3) {
        INDArray result =
                Nd4jOps.scratch(
                        array3.dataType(),
                        dimensions.length == 1 ? array3.size(0) : 1,
                        array3.size(1),
                        1);
        return Nd4j.getExecutioner().exec(new SquaredNorm(array3, null, result, true, dimensions));
    }

    /** 1 / sqrt(variance + eps), 0 where both are 0; a new array. */
    private INDArray inverseDeviation(INDArray variance) {
        INDArray inverse = Transforms.sqrt(variance.add(eps), false).rdivi(1);
        if (eps == 0) {
            BooleanIndexing.replaceWhere(inverse, 0, Conditions.isInfinite());
        }
        return inverse;
    }
}
