package org.lamina.kernels;

import java.io.Serializable;
import java.util.Arrays;
import org.lamina.arrays.Views;
import org.lamina.kernels.TemporalSpatialKernel.Statistics;
import org.lamina.kernels.TemporalSpatialKernel.Weights;
import org.lamina.onednn.Convolution;
import org.lamina.onednn.OneDnn;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link TemporalSpatialKernel} with the spatial filters first. With a[f] = gamma[f] / sqrt(var[f]
 * + eps):
 *
 * <pre>
 * p[n, f, d]  = sum over c of sW[f, d, c] * x[n, c]                     a matrix product
 * q[n, f, d]  = tW[f] * p[n, f, d]                                      F * D signals over time
 * y[n, f, d]  = a[f] * q[n, f, d] + (beta[f] + a[f] * (tb[f] - mean[f])) * sum over c of sW[f, d, c] + sb[f, d]
 * mean[f]     = tW[f] . m + tb[f]                                       m, R: WindowMoments of x
 * var[f]      = tW[f]T R tW[f]
 * </pre>
 *
 * <p>Gradients with g[f, d] = sum of dy[n, f, d] over n and t, G[f, k] = sum of dy[n, f, d, t] *
 * p[n, f, d, t + k], h[f] = sum over d of g[f, d] * (sum over c of sW[f, d, c]):
 *
 * <pre>
 * da      = tW . G + (tb - mean) * h                 dvar = - da * gamma / (2 sqrt(var + eps)^3)
 * dbeta   = h                                        dgamma = da / sqrt(var + eps)
 * dtW     = a * G + 2 * dvar * R tW - a * h * m
 * dsW     = sum of dp * x + (beta + a * (tb - mean)) * g          dp: a * reversed tW over dy
 * dx      = sWT dp + contribution of mean and variance, a filter of 2 K - 1 taps over x
 * </pre>
 */
final class SpatialFirst implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Samples per tile; with 64, products of tiles take equally long. */
    private static final int TILE = 32;

    /** Up to this many examples are filtered one by one. */
    private static final int FEW = 4;

    private final int filters;
    private final int multiplier;
    private final int rows;
    private final int taps;
    private final int left;
    private final int right;
    private final double eps;

    SpatialFirst(TemporalSpatialConvSpec spec) {
        ConvGeometry temporal = spec.temporal().geometry();
        this.filters = (int) spec.temporal().outChannels();
        this.multiplier = spec.spatial().depthMultiplier();
        this.rows = spec.rows();
        this.taps = spec.taps();
        this.left = temporal.padBefore()[1];
        this.right = temporal.padAfter()[1];
        this.eps = spec.normalization().eps();
    }

    // ---- parameters -----------------------------------------------------------------------------

    /** Parameters as numbers, and values derived from them and the statistics. */
    private final class Numbers {

        /** Temporal filters. */
        final double[][] w = new double[filters][];

        final double[] temporalBias;
        final double[] gamma;
        final double[] beta;
        final double[] spatialBias;

        /** Sum of each spatial filter. */
        final double[] sums = new double[filters * multiplier];

        final double[] mean;
        final double[] inverseDeviation = new double[filters];

        /** Factor of the filtered signals. */
        final double[] scale = new double[filters];

        /** Offset of the signals before the spatial filters. */
        final double[] shift = new double[filters];

        Numbers(Weights weights, Statistics statistics) {
            double[] all = Nd4jOps.doubles(weights.temporal());
            for (int f = 0; f < filters; f++) {
                w[f] = Arrays.copyOfRange(all, f * taps, (f + 1) * taps);
            }
            temporalBias = orZeros(Nd4jOps.doubles(weights.temporalBias()), filters);
            gamma = Nd4jOps.doubles(weights.gamma());
            beta = Nd4jOps.doubles(weights.beta());
            spatialBias = orZeros(Nd4jOps.doubles(weights.spatialBias()), sums.length);
            double[] spatial = Nd4jOps.doubles(weights.spatial());
            for (int i = 0; i < spatial.length; i++) {
                sums[i / rows] += spatial[i];
            }
            mean = Nd4jOps.doubles(statistics.norm().mean());
            double[] variance = Nd4jOps.doubles(statistics.norm().variance());
            for (int f = 0; f < filters; f++) {
                double square = variance[f] + eps;
                inverseDeviation[f] = square == 0 ? 0 : 1 / Math.sqrt(square);
                scale[f] = gamma[f] * inverseDeviation[f];
                shift[f] = beta[f] + scale[f] * (temporalBias[f] - mean[f]);
            }
        }

        private static double[] orZeros(double[] values, int length) {
            return values == null ? new double[length] : values;
        }

        /**
         * Filters times their scale, repeated for each spatial filter: {@code [F * D, 1, 1, K]}.
         */
        INDArray scaledFilters(DataType type) {
            double[] values = new double[filters * multiplier * taps];
            for (int i = 0; i < values.length; i++) {
                int f = i / taps / multiplier;
                values[i] = scale[f] * w[f][i % taps];
            }
            return Nd4jOps.array(type, values, (long) filters * multiplier, 1, 1, taps);
        }

        double[] scaledFilter(int f) {
            return Arrays.stream(w[f]).map(v -> scale[f] * v).toArray();
        }

        /** Offset of each output signal. */
        double[] shifts() {
            double[] result = new double[sums.length];
            for (int i = 0; i < result.length; i++) {
                result[i] = shift[i / multiplier] * sums[i] + spatialBias[i];
            }
            return result;
        }
    }

    // ---- signals --------------------------------------------------------------------------------

    private static INDArray byChannel(INDArray x) {
        INDArray c = Nd4jOps.contiguous(x);
        return c.reshape('c', x.size(0), x.size(1) * x.size(2), x.size(3));
    }

    private long padded(INDArray x) {
        return left + x.size(3) + right;
    }

    /** Memory for the input's signals, by channel, then by example. */
    private SignalTiles room(INDArray x) {
        return SignalTiles.zeros(x.dataType(), rows * x.size(0), length(x), TILE, taps);
    }

    /** Length of a padded signal with enough zeros between two signals. */
    private long length(INDArray x) {
        return Math.max(padded(x), x.size(3) + taps - 1);
    }

    /** A view of the samples of x among the padded signals, in the shape of x. */
    private INDArray samples(SignalTiles signals, INDArray x) {
        return signals.byExample(x.size(0), left, left + x.size(3));
    }

    private SignalTiles filled(SignalTiles room, INDArray x) {
        samples(room, x).assign(byChannel(x));
        return room;
    }

    /** F * D signals of each example, by filter, then by example. */
    private SignalTiles filtered(long length, INDArray x) {
        long signals = (long) filters * multiplier * x.size(0);
        return SignalTiles.zeros(x.dataType(), signals, length, TILE, taps);
    }

    /** The signals as a matrix with one row per channel or filter. */
    private static INDArray byRow(SignalTiles signals, INDArray x) {
        INDArray matrix = signals.matrix();
        return matrix.reshape('c', signals.signals() / x.size(0), x.size(0) * signals.length());
    }

    private INDArray spatialMatrix(INDArray weight) {
        return Nd4jOps.contiguous(weight).reshape('c', (long) filters * multiplier, rows);
    }

    private SignalTiles spatiallyFiltered(SignalTiles signals, INDArray x, Weights w) {
        SignalTiles p = filtered(signals.length(), x);
        Nd4jOps.multiply(spatialMatrix(w.spatial()), false, byRow(signals, x), false, byRow(p, x));
        return p;
    }

    /** The same, example by example, which saves a copy of the signals if there are few. */
    private SignalTiles spatiallyFilteredOneByOne(INDArray x, Weights w) {
        SignalTiles p = filtered(length(x), x);
        INDArray samples = byChannel(x);
        INDArray places = samples(p, x);
        for (long n = 0; n < x.size(0); n++) {
            INDArray weight = spatialMatrix(w.spatial());
            Nd4jOps.multiply(weight, false, Views.at(samples, n), false, Views.at(places, n));
        }
        return p;
    }

    private Convolution convolution() {
        int[] ones = {1, 1};
        return new Convolution(filters * multiplier, ones, ones, new int[2]);
    }

    // ---- passes ---------------------------------------------------------------------------------

    Statistics forward(INDArray x, Weights w, Statistics given, INDArray y) {
        Statistics used = given;
        SignalTiles p;
        if (given == null) {
            SignalTiles room = room(x);
            used = own(x, w, room);
            p = spatiallyFiltered(filled(room, x), x, w);
        } else if (x.size(0) <= FEW) {
            p = spatiallyFilteredOneByOne(x, w);
        } else {
            p = spatiallyFiltered(filled(room(x), x), x, w);
        }
        Numbers numbers = new Numbers(w, used);
        INDArray shifts =
                Nd4jOps.array(x.dataType(), numbers.shifts(), (long) filters * multiplier);
        boolean done =
                OneDnn.serves(x)
                        && convolution()
                                .forward(
                                        p.images(x.size(0), 0, padded(x)),
                                        numbers.scaledFilters(x.dataType()),
                                        shifts,
                                        y);
        if (!done) {
            SignalTiles q = filtered(p.length(), x);
            long count = multiplier * x.size(0);
            for (int f = 0; f < filters; f++) {
                p.filter(numbers.scaledFilter(f), f * count, count, false, q);
            }
            y.assign(q.images(x.size(0), 0, y.size(3)));
            FeatureMaps.addToChannels(y, shifts);
        }
        return used;
    }

    private Statistics own(INDArray x, Weights weights, SignalTiles room) {
        WindowMoments moments = WindowMoments.of(byChannel(x), room, left, right, taps);
        double[] all = Nd4jOps.doubles(weights.temporal());
        double[] bias = Nd4jOps.doubles(weights.temporalBias());
        double[] mean = new double[filters];
        double[] variance = new double[filters];
        double[] products = new double[all.length];
        double rounding = x.dataType() == DataType.DOUBLE ? 0x1p-53 : 0x1p-24;
        for (int f = 0; f < filters; f++) {
            double[] filter = Arrays.copyOfRange(all, f * taps, (f + 1) * taps);
            double[] product = moments.covariance(filter);
            mean[f] = moments.mean(filter) + (bias == null ? 0 : bias[f]);
            variance[f] = moments.variance(filter, product, rounding);
            System.arraycopy(product, 0, products, f * taps, taps);
        }
        DataType type = x.dataType();
        long count = room.signals() * (padded(x) - taps + 1);
        return new Statistics(
                new NormKernel.Statistics(
                        Nd4jOps.array(type, mean, 1, filters, 1),
                        Nd4jOps.array(type, variance, 1, filters, 1),
                        new NormKernel.Count(count, null)),
                Nd4jOps.array(type, moments.mean(), taps),
                Nd4jOps.array(type, products, filters, taps));
    }

    void backward(
            INDArray x,
            Weights w,
            Statistics statistics,
            INDArray dy,
            INDArray dx,
            Weights gradients) {
        Numbers numbers = new Numbers(w, statistics);
        SignalTiles signals = filled(room(x), x);
        SignalTiles p = spatiallyFiltered(signals, x, w);
        SignalTiles dq = filtered(p.length(), x);
        INDArray contiguous = Nd4jOps.contiguous(dy);
        dq.images(x.size(0), 0, dy.size(3)).assign(contiguous);
        double[] g = Nd4jOps.doubles(FeatureMaps.sum(contiguous).sum(0));
        Nd4jOps.assign(g, gradients.spatialBias());
        Inner inner = new Inner(numbers, statistics, g, dq.laggedProducts(p, filters, taps));
        inner.assign(gradients);

        SignalTiles dp = p; // p is no longer needed
        filterReversed(dq, contiguous, numbers, x, dp);
        INDArray direct = Nd4jOps.scratch(x.dataType(), (long) filters * multiplier, rows);
        Nd4jOps.multiply(byRow(dp, x), false, byRow(signals, x), true, direct);
        double[] ds = Nd4jOps.doubles(direct);
        for (int i = 0; i < ds.length; i++) {
            ds[i] += numbers.shift[i / rows / multiplier] * g[i / rows];
        }
        Nd4jOps.assign(ds, gradients.spatial());
        if (dx != null) {
            inputGradient(x, w, signals, dp, inner, dx);
        }
    }

    /** The reversed scaled filters applied to the gradient. */
    private void filterReversed(
            SignalTiles dq, INDArray dy, Numbers numbers, INDArray x, SignalTiles dp) {
        dp.flat().assign(0); // after the signals, too
        boolean done =
                OneDnn.serves(x)
                        && convolution()
                                .backwardInput(
                                        dy,
                                        numbers.scaledFilters(x.dataType()),
                                        dp.images(x.size(0), 0, padded(x)));
        long count = multiplier * x.size(0);
        for (int f = 0; f < filters && !done; f++) {
            dq.filter(numbers.scaledFilter(f), f * count, count, true, dp);
        }
    }

    /** Gradients of the parameters of the normalization and the temporal filters. */
    private final class Inner {

        private final Numbers numbers;
        private final double[] mean;
        private final double[] covariance;
        private final double count;
        private final double[][] products;

        /** Gradient of the factor of the filtered signals, and of the offset. */
        private final double[] dScale = new double[filters];

        private final double[] dShift = new double[filters];

        Inner(Numbers numbers, Statistics statistics, double[] g, double[][] products) {
            this.numbers = numbers;
            this.products = products;
            this.mean = Nd4jOps.doubles(statistics.windowMean());
            this.covariance = Nd4jOps.doubles(statistics.windowCovariance());
            this.count = mean == null ? Double.NaN : statistics.norm().values();
            for (int i = 0; i < g.length; i++) {
                dShift[i / multiplier] += g[i] * numbers.sums[i];
            }
            for (int f = 0; f < filters; f++) {
                dScale[f] = (numbers.temporalBias[f] - numbers.mean[f]) * dShift[f];
                for (int k = 0; k < taps; k++) {
                    dScale[f] += numbers.w[f][k] * products[f][k];
                }
            }
        }

        boolean ownStatistics() {
            return mean != null;
        }

        double dVariance(int f) {
            double r = numbers.inverseDeviation[f];
            return -0.5 * dScale[f] * numbers.gamma[f] * r * r * r;
        }

        double dMean(int f) {
            return -numbers.scale[f] * dShift[f];
        }

        void assign(Weights gradients) {
            double[] dGamma = new double[filters];
            double[] dBias = new double[filters];
            double[] dw = new double[filters * taps];
            for (int f = 0; f < filters; f++) {
                dGamma[f] = dScale[f] * numbers.inverseDeviation[f];
                dBias[f] = ownStatistics() ? 0 : -dMean(f);
                for (int k = 0; k < taps; k++) {
                    double value = numbers.scale[f] * products[f][k];
                    if (ownStatistics()) {
                        value += 2 * dVariance(f) * covariance[f * taps + k] + dMean(f) * mean[k];
                    }
                    dw[f * taps + k] = value;
                }
            }
            Nd4jOps.assign(dw, gradients.temporal());
            Nd4jOps.assign(dBias, gradients.temporalBias());
            Nd4jOps.assign(dGamma, gradients.gamma());
            Nd4jOps.assign(dShift, gradients.beta());
        }
    }

    // ---- gradient of the input ------------------------------------------------------------------

    private void inputGradient(
            INDArray x, Weights w, SignalTiles signals, SignalTiles dp, Inner inner, INDArray dx) {
        SignalTiles all = room(x);
        Nd4jOps.multiply(spatialMatrix(w.spatial()), true, byRow(dp, x), false, byRow(all, x));
        if (inner.ownStatistics()) {
            SignalTiles more = room(x);
            new StatisticsGradient(inner, (int) x.size(3)).of(signals, more);
            all.flat().addi(more.flat());
        }
        dx.reshape('c', x.size(0), rows, x.size(3)).assign(samples(all, x));
    }

    /**
     * The contribution of mean and variance to the gradient of the input, at sample i of a signal
     *
     * <pre>
     * sum over f, t of tW[f, i - t] * (dmean[f] + 2 * dvar[f] * (u[f, t] - tW[f] . m)) / count
     * </pre>
     *
     * <p>which is a product of the signal with a banded matrix plus an offset per sample. The
     * matrix is processed in blocks of columns.
     */
    private final class StatisticsGradient {

        private static final int BLOCK = 128;

        private final int samples;
        private final int windows;

        /** Running sums of the band's values along each diagonal: from the first tap on. */
        private final double[][] band = new double[taps][];

        /** Running sums of the contribution of each tap at a sample. */
        private final double[] constant = new double[taps + 1];

        StatisticsGradient(Inner inner, int samples) {
            this.samples = samples;
            this.windows = left + samples + right - taps + 1;
            for (int lag = 0; lag < taps; lag++) {
                band[lag] = new double[taps - lag + 1];
            }
            double[] taken = new double[taps];
            for (int f = 0; f < filters; f++) {
                double[] w = inner.numbers.w[f];
                double dVariance = 2 * inner.dVariance(f) / inner.count;
                double mean = inner.numbers.mean[f] - inner.numbers.temporalBias[f];
                double perTap = inner.dMean(f) / inner.count - dVariance * mean;
                for (int k = 0; k < taps; k++) {
                    taken[k] += w[k] * perTap;
                    for (int lag = 0; lag < taps - k; lag++) {
                        band[lag][k + 1] += dVariance * w[k] * w[k + lag];
                    }
                }
            }
            for (int k = 0; k < taps; k++) {
                constant[k + 1] = constant[k] + taken[k];
                for (int lag = 0; lag < taps - k; lag++) {
                    band[lag][k + 1] += band[lag][k];
                }
            }
        }

        /** First and last tap below a limit that reach a padded position. */
        private double reached(double[] running, int position) {
            int to = Math.min(running.length - 1, position + 1);
            int from = Math.min(to, Math.max(0, position - windows + 1));
            return running[to] - running[from];
        }

        /** Writes it for all signals. */
        void of(SignalTiles signals, SignalTiles target) {
            DataType type = target.flat().dataType();
            for (int begin = left; begin < left + samples; begin += BLOCK) {
                int end = Math.min(left + samples, begin + BLOCK);
                int from = Math.max(left, begin - taps + 1);
                int to = Math.min(left + samples, end + taps - 1);
                double[] matrix = new double[(to - from) * (end - begin)];
                double[] constants = new double[end - begin];
                for (int j = begin; j < end; j++) {
                    constants[j - begin] = reached(constant, j);
                    for (int i = Math.max(from, j - taps + 1); i < Math.min(to, j + taps); i++) {
                        matrix[(i - from) * (end - begin) + j - begin] =
                                reached(band[Math.abs(i - j)], Math.min(i, j));
                    }
                }
                INDArray part = target.samples(begin, end);
                Nd4jOps.multiply(
                        signals.samples(from, to),
                        false,
                        Nd4jOps.array(type, matrix, to - from, end - begin),
                        false,
                        part);
                part.addi(Nd4jOps.array(type, constants, 1, end - begin));
            }
        }
    }
}
