package org.lamina.kernels;

import java.io.Serializable;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Temporal convolution, batch normalization and depthwise spatial convolution of {@code [N, 1, C,
 * T]}, in one of two orders with the same results: the parts in sequence, {@link TemporalFirst}, or
 * spatial filters first, {@link SpatialFirst}. The faster one is used, see {@link #spatialFirst}.
 */
public final class TemporalSpatialKernel implements Serializable {

    private static final long serialVersionUID = 1L;

    private final TemporalSpatialConvSpec spec;
    private final TemporalFirst temporalFirst;
    private final SpatialFirst spatialFirst;

    /** A kernel for these parts. */
    public TemporalSpatialKernel(TemporalSpatialConvSpec spec) {
        this.spec = spec;
        this.temporalFirst = new TemporalFirst(spec);
        this.spatialFirst = new SpatialFirst(spec);
    }

    /**
     * The trained parameters, or their gradients.
     *
     * @param temporal {@code [F, 1, 1, K]}
     * @param temporalBias {@code [F]} or null
     * @param gamma {@code [F]}
     * @param beta {@code [F]}
     * @param spatial {@code [F * D, 1, C, 1]}
     * @param spatialBias {@code [F * D]} or null
     */
    public record Weights(
            INDArray temporal,
            INDArray temporalBias,
            INDArray gamma,
            INDArray beta,
            INDArray spatial,
            INDArray spatialBias) {}

    /**
     * The statistics used by the normalization.
     *
     * @param norm mean and variance of each temporal filter's values, with the bias
     * @param windowMean of {@link WindowMoments}, {@code [K]}; null unless spatial filters came
     *     first and the statistics are the input's own
     * @param windowCovariance its covariance times each filter, {@code [F, K]}, or null
     */
    public record Statistics(
            NormKernel.Statistics norm, INDArray windowMean, INDArray windowCovariance) {

        /** Statistics that do not depend on the input, each {@code [F]}. */
        public static Statistics given(INDArray mean, INDArray variance) {
            return new Statistics(NormKernel.Statistics.given(mean, variance), null, null);
        }

        /** Statistics as written by {@link #copyTo}. */
        static Statistics of(boolean spatialFirst, INDArray... arrays) {
            return new Statistics(
                    NormKernel.Statistics.of(arrays[0], arrays[1], arrays[2]),
                    spatialFirst ? arrays[3] : null,
                    spatialFirst ? arrays[4] : null);
        }

        /** Copies statistics, which must not be given ones. */
        void copyTo(INDArray... arrays) {
            norm.copyTo(arrays[0], arrays[1], arrays[2]);
            if (windowMean != null) {
                arrays[3].assign(windowMean);
                arrays[4].assign(windowCovariance);
            }
        }

        boolean isGiven() {
            return norm.isGiven();
        }

        /** A copy outside any workspace. */
        public Statistics detach() {
            return new Statistics(
                    norm.detach(),
                    windowMean == null ? null : windowMean.detach(),
                    windowCovariance == null ? null : windowCovariance.detach());
        }
    }

    /** Shape of the output for this shape of the input. */
    public long[] outputShape(long[] x) {
        long[] size = spec.outputSize(x[2], x[3]);
        return new long[] {x[0], spec.outChannels(), size[0], size[1]};
    }

    /**
     * Whether to apply spatial filters first, which is done where it is expected to be faster.
     * Measured in float on two threads, in nanoseconds per sample of an example:
     *
     * <pre>
     *            temporal first     spatial first
     * training   14 * F * C         16 * F * D + 4 * C     and 0.5 ms + 13 us * K a minibatch
     * evaluation  4 * F * C          4 * F * D + C         and 90 us a minibatch
     * </pre>
     *
     * <p>In training a minibatch of 64x22x256 with 8 filters of 64 taps and D = 2 takes 0.2 of the
     * time, of 16x64x1125 0.1, with 4 channels 0.35; up to 2 channels temporal first is kept. In
     * double temporal first takes longer than that. With a mask temporal first is used, since only
     * it excludes masked positions.
     *
     * @param x shape of the input
     * @param training whether the input's own statistics are used
     * @param masked whether there is a mask
     */
    boolean spatialFirst(long[] x, boolean training, boolean masked) {
        double samples = (double) x[0] * x[3];
        long filters = spec.temporal().outChannels();
        long channels = x[2];
        long multiplier = spec.spatial().depthMultiplier();
        double gain =
                training
                        ? samples * (filters * (14 * channels - 16 * multiplier) - 4 * channels)
                        : samples * (4 * filters * (channels - multiplier) - channels);
        return !masked && gain > (training ? 5e5 + 1.3e4 * spec.taps() : 9e4);
    }

    /**
     * Forward pass.
     *
     * @param x input {@code [N, 1, C, T]}
     * @param given statistics, or null for the input's own
     * @param mask of the temporal convolution's output, {@code [N, 1, C, T']}, or null
     * @param y receives the output {@code [N, F * D, 1, T']}; contiguous in 'c' order
     * @return the statistics used
     */
    public Statistics forward(
            INDArray x, Weights weights, Statistics given, INDArray mask, INDArray y) {
        return spatialFirst(x.shape(), given == null, mask != null)
                ? spatialFirst.forward(x, weights, given, y)
                : temporalFirst.forward(x, weights, given, mask, y);
    }

    /**
     * Backward pass.
     *
     * @param x input of the forward pass
     * @param statistics those that the forward pass used
     * @param mask that of the forward pass
     * @param dy gradient of the output
     * @param dx receives the gradient of the input, contiguous in 'c' order; null if not needed
     * @param gradients receive the gradients of the parameters
     */
    public void backward(
            INDArray x,
            Weights weights,
            Statistics statistics,
            INDArray mask,
            INDArray dy,
            INDArray dx,
            Weights gradients) {
        if (spatialFirst(x.shape(), !statistics.isGiven(), mask != null)) {
            spatialFirst.backward(x, weights, statistics, dy, dx, gradients);
        } else {
            temporalFirst.backward(x, weights, statistics, mask, dy, dx, gradients);
        }
    }
}
