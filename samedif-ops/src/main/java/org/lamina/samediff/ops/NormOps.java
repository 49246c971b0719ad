package org.lamina.samediff.ops;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.lamina.kernels.FusedFunction;
import org.lamina.samediff.execution.FusedParts;
import org.lamina.spec.BatchNormSpec;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Normalization of each channel, channels first.
 *
 * <pre>
 * y = gamma * (x - mean) / sqrt(var + eps) + beta
 * </pre>
 *
 * <p>Where variance and eps are both 0, the output is beta, and the gradients of x and gamma are 0.
 *
 * <p>With a mask {@code [N, 1, T]} (or {@code [N, 1]}), steps where it is 0 do not count in the
 * statistics, and their output is 0.
 */
public final class NormOps {

    private NormOps() {}

    /**
     * A normalized array.
     *
     * @param output of the input's shape
     * @param statistics the minibatch's own statistics, each {@code [C]}, by the name of the
     *     parameter that holds the running statistic, which is updated from it after each training
     *     step; empty in evaluation
     */
    public record Normalized(SDVariable output, Map<String, SDVariable> statistics) {

        /** An output, the mean and the variance. */
        static Normalized of(SDVariable... results) {
            return new Normalized(
                    results[0],
                    Map.of(BatchNormSpec.MEAN, results[1], BatchNormSpec.VARIANCE, results[2]));
        }
    }

    /**
     * Batch normalization.
     *
     * @param x input {@code [N, C, spatial...]}
     * @param rank number of its dimensions
     * @param params each {@code [C]}, by the names in {@link BatchNormSpec}
     * @param eps added to the variance
     * @param training whether the minibatch's statistics are used (variance biased), rather than
     *     the running ones
     * @param mask 1 for the steps that count, or null
     */
    public static Normalized batchNorm(
            SDVariable x,
            int rank,
            Map<String, SDVariable> params,
            double eps,
            boolean training,
            SDVariable mask) {
        SDVariable gamma = params.get(BatchNormSpec.GAMMA);
        SDVariable beta = params.get(BatchNormSpec.BETA);
        if (!training) {
            SDVariable y =
                    FusedParts.part(
                            new FusedFunction.GivenNorm(eps),
                            v -> givenNorm(v, rank, eps),
                            x,
                            gamma,
                            beta,
                            params.get(BatchNormSpec.MEAN),
                            params.get(BatchNormSpec.VARIANCE),
                            mask);
            return new Normalized(y, Map.of());
        }
        return Normalized.of(
                FusedParts.parts(
                        new FusedFunction.BatchNorm(eps),
                        v -> ownNorm(v[0], rank, v[1], v[2], eps, v[3]),
                        x,
                        gamma,
                        beta,
                        mask));
    }

    /** Of x, gamma, beta, mean, variance and mask. */
    private static SDVariable givenNorm(SDVariable[] v, int rank, double eps) {
        SDVariable centred = v[0].sub(channels(v[3], rank));
        return scaled(centred, channels(v[4], rank), rank, v[1], v[2], eps, v[5]);
    }

    /** With the mean and the unbiased variance of each channel. */
    private static SDVariable[] ownNorm(
            SDVariable x,
            int rank,
            SDVariable gamma,
            SDVariable beta,
            double eps,
            SDVariable mask) {
        int[] dims = IntStream.range(0, rank).filter(d -> d != 1).toArray();
        Moments own = moments(x, dims, eps, mask);
        SDVariable y = scaled(own.centred, own.variance, rank, gamma, beta, eps, mask);
        // The largest count is n / (n - 1) away from 1; for a single value the variance is 0.
        SDVariable atLeastOne = x.getSameDiff().scalarMax(own.count.sub(1), 1);
        SDVariable unbiased = own.variance.mul(own.count).div(atLeastOne);
        return new SDVariable[] {y, own.mean.reshape(-1), unbiased.reshape(-1)};
    }

    /**
     * Instance normalization: statistics of each channel of each example over its positions.
     *
     * @param x input {@code [N, C, spatial...]}
     * @param rank number of its dimensions, at least 3
     * @param gamma {@code [C]}, or null for 1
     * @param beta {@code [C]}, or null for 0
     * @param eps added to the variance
     * @param mask 1 for the steps that count, or null
     * @return an array of the input's shape
     */
    public static SDVariable instanceNorm(
            SDVariable x,
            int rank,
            SDVariable gamma,
            SDVariable beta,
            double eps,
            SDVariable mask) {
        return FusedParts.part(
                new FusedFunction.InstanceNorm(eps),
                v -> instanceNorm(v, rank, eps),
                x,
                gamma,
                beta,
                mask);
    }

    /** Of x, gamma, beta and mask. */
    private static SDVariable instanceNorm(SDVariable[] v, int rank, double eps) {
        Moments own = moments(v[0], IntStream.range(2, rank).toArray(), eps, v[3]);
        return scaled(own.centred, own.variance, rank, v[1], v[2], eps, v[3]);
    }

    /** Statistics over some dimensions, which are kept with size 1. */
    private record Moments(
            SDVariable mean, SDVariable variance, SDVariable centred, SDVariable count) {}

    private static Moments moments(SDVariable x, int[] dims, double eps, SDVariable mask) {
        SDVariable ones = mask == null ? QuietOps.ones(x) : mask;
        SDVariable count = x.getSameDiff().scalarMax(ones.sum(true, dims), 1);
        SDVariable mean = masked(x, mask).sum(true, dims).div(count);
        SDVariable centred = masked(x.sub(mean), mask);
        if (eps == 0) {
            // The exact mean of a constant channel leaves exactly 0, and hence a variance of 0.
            mean = mean.add(centred.sum(true, dims).div(count));
            centred = masked(x.sub(mean), mask);
        }
        SDVariable variance = centred.mul(centred).sum(true, dims).div(count);
        return new Moments(mean, variance, centred, count);
    }

    private static SDVariable scaled(
            SDVariable centred,
            SDVariable variance,
            int rank,
            SDVariable gamma,
            SDVariable beta,
            double eps,
            SDVariable mask) {
        SDVariable square = variance.add(eps);
        if (eps == 0) {
            SDVariable zero = variance.eq(0).castTo(variance.dataType());
            centred = centred.mul(zero.rsub(1));
            square = variance.add(zero); // avoids NaN from a gradient of 0
        }
        SDVariable y = centred.div(variance.getSameDiff().math().sqrt(square));
        y = gamma == null ? y : y.mul(channels(gamma, rank));
        y = beta == null ? y : y.add(channels(beta, rank));
        return masked(y, mask);
    }

    private static SDVariable masked(SDVariable x, SDVariable mask) {
        return mask == null ? x : x.mul(mask);
    }

    /** {@code [C]} reshaped to broadcast against {@code [N, C, spatial...]}. */
    static SDVariable channels(SDVariable vector, int rank) {
        long[] shape = new long[rank];
        Arrays.fill(shape, 1);
        shape[1] = -1;
        return vector.reshape(shape);
    }
}
