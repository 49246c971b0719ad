package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Mean and covariance of the windows of zero-padded signals: all that batch normalization of a
 * convolution with one input channel needs of its input. A filter w gives values with mean {@code w
 * . mean} and variance {@code wT covariance w}.
 *
 * <pre>
 * mean[k]          = E x[t + k]
 * covariance[k, l] = E x[t + k] x[t + l] - mean[k] mean[l]        over all signals and windows t
 * </pre>
 *
 * <p>The mean of each signal, a number for each channel of each example, is subtracted before
 * products are formed, so offsets cost no precision, even an offset of 1000 times the amplitude of
 * a float signal. The padding has no offset; the resulting correction, products of samples and
 * offsets with padding positions, is added in double from the sums of the samples at each position.
 *
 * <p>The covariance depends only on the lag except at the ends of the signals, which some windows
 * do not reach: products of the first and last samples are subtracted.
 *
 * @param mean {@code [K]}
 * @param covariance {@code [K, K]}
 * @param square largest mean square of a position, before anything is subtracted
 */
record WindowMoments(double[] mean, double[][] covariance, double square) {

    /**
     * The moments.
     *
     * @param x signals {@code [N, C, T]}
     * @param work room for {@code C * N} signals with {@code K - 1} zeros between them; receives
     *     the signals of x minus their means
     * @param left zeros before a signal
     * @param right zeros after it
     * @param taps length K of a window
     */
    static WindowMoments of(INDArray x, SignalTiles work, int left, int right, int taps) {
        return new Sums(x, work, left, right, taps).moments();
    }

    /** Mean of a filter's output. */
    double mean(double[] filter) {
        double sum = 0;
        for (int k = 0; k < filter.length; k++) {
            sum += filter[k] * mean[k];
        }
        return sum;
    }

    /** Product of the covariance with a filter. */
    double[] covariance(double[] filter) {
        double[] result = new double[filter.length];
        for (int k = 0; k < result.length; k++) {
            for (int l = 0; l < result.length; l++) {
                result[k] += covariance[k][l] * filter[l];
            }
        }
        return result;
    }

    /**
     * Variance of a filter's output, 0 if it is below the output's rounding error.
     *
     * @param product product of the covariance with the filter
     * @param rounding relative rounding error of a value
     */
    double variance(double[] filter, double[] product, double rounding) {
        double variance = 0;
        double size = 0;
        for (int k = 0; k < filter.length; k++) {
            variance += filter[k] * product[k];
            size += Math.abs(filter[k]);
        }
        double error = rounding * size;
        return variance > error * error * square ? variance : 0;
    }

    /** The sums over the signals from which the moments are computed. */
    private static final class Sums {

        private final int taps;
        private final int left;
        private final int samples;
        private final int windows;
        private final int padded;
        private final double count;

        /** Mean and mean square deviation of the signals' offsets. */
        private double offset;

        private double spread;

        /** Sums of the samples before each position of the padded signals, without offsets. */
        private final double[] plain;

        /** The same for samples times the deviation of their signal's offset. */
        private final double[] weighted;

        private final double[] lagged;
        private final double[][] first;
        private final double[][] last;

        Sums(INDArray x, SignalTiles work, int left, int right, int taps) {
            this.taps = taps;
            this.left = left;
            this.samples = (int) x.size(2);
            this.padded = left + samples + right;
            this.windows = padded - taps + 1;
            this.count = (double) work.signals() * windows;
            INDArray offsets = FeatureMaps.sum(x).divi(samples);
            INDArray inner = work.byExample(x.size(0), left, left + samples);
            x.sub(offsets.reshape('c', x.size(0), x.size(1), 1), inner);
            INDArray weights = weights(Nd4jOps.doubles(offsets.transpose()), x);
            INDArray sums = Nd4jOps.scratch(x.dataType(), 2, work.length());
            Nd4jOps.multiply(weights, false, work.matrix(), false, sums);
            double[] both = Nd4jOps.doubles(sums);
            this.plain = running(both, 0);
            this.weighted = running(both, (int) work.length());
            this.lagged = work.laggedProducts(work, 1, taps)[0];
            this.first = products(work, 0, taps - 1);
            this.last = products(work, windows, padded);
        }

        private double[] running(double[] values, int from) {
            double[] sums = new double[padded + 1];
            for (int i = 0; i < padded; i++) {
                sums[i + 1] = sums[i] + values[from + i];
            }
            return sums;
        }

        /** A row of ones and one of the offsets' deviations from their mean. */
        private INDArray weights(double[] offsets, INDArray x) {
            for (double value : offsets) {
                offset += value / offsets.length;
            }
            double[] weights = new double[2 * offsets.length];
            for (int i = 0; i < offsets.length; i++) {
                double deviation = offsets[i] - offset;
                weights[i] = 1;
                weights[offsets.length + i] = deviation;
                spread += deviation * deviation / offsets.length;
            }
            return Nd4jOps.array(x.dataType(), weights, 2, offsets.length);
        }

        /** Sums of products of the samples at positions [from, to) of the padded signals. */
        private double[][] products(SignalTiles work, int from, int to) {
            double[][] result = new double[to - from][to - from];
            int begin = Math.max(from, left);
            int end = Math.min(to, left + samples);
            int size = end - begin;
            if (size > 0) {
                INDArray part = work.samples(begin, end);
                INDArray product = Nd4jOps.scratch(part.dataType(), size, size);
                Nd4jOps.multiply(part, true, part, false, product);
                double[] values = Nd4jOps.doubles(product);
                for (int i = 0; i < size; i++) {
                    System.arraycopy(
                            values, i * size, result[begin - from + i], begin - from, size);
                }
            }
            return result;
        }

        WindowMoments moments() {
            double[] own = new double[taps];
            double[] inside = new double[taps];
            for (int k = 0; k < taps; k++) {
                own[k] = (plain[windows + k] - plain[k]) / count;
                inside[k] = (double) Math.max(0, to(k) - from(k)) / windows;
            }
            double[][] squares = squares();
            double[][] covariance = new double[taps][taps];
            double[] mean = new double[taps];
            double largest = 0;
            for (int k = 0; k < taps; k++) {
                mean[k] = own[k] + offset * inside[k];
                largest =
                        Math.max(
                                largest,
                                squares[k][k] / count + (offset * offset + spread) * inside[k]);
                for (int l = k; l < taps; l++) {
                    double value = squares[k][l] / count - own[k] * own[l];
                    value += offset * (crossed(plain, k, l) - own[k] * inside[l]);
                    value += offset * (crossed(plain, l, k) - own[l] * inside[k]);
                    value += crossed(weighted, k, l) + crossed(weighted, l, k);
                    // from and to decrease with the tap
                    double both = (double) Math.max(0, to(l) - from(k)) / windows;
                    value += spread * both + offset * offset * (both - inside[k] * inside[l]);
                    covariance[k][l] = value;
                    covariance[l][k] = value;
                }
            }
            return new WindowMoments(mean, covariance, largest);
        }

        /** First window whose tap k falls on a sample. */
        private int from(int k) {
            return Math.min(windows, Math.max(0, left - k));
        }

        /** One past the last such window. */
        private int to(int k) {
            return Math.max(0, Math.min(windows, left + samples - k));
        }

        /** Mean over the windows of the values under tap k where tap l falls on a sample. */
        private double crossed(double[] sums, int k, int l) {
            return to(l) <= from(l) ? 0 : (sums[to(l) + k] - sums[from(l) + k]) / count;
        }

        /** Sums of products under taps k and l of all windows. */
        private double[][] squares() {
            double[][] result = new double[taps][taps];
            for (int lag = 0; lag < taps; lag++) {
                double after = 0; // values that windows at tap k = 0 do not reach
                for (int i = 0; i + lag < taps - 1; i++) {
                    after += last[i][i + lag];
                }
                double before = 0;
                for (int k = 0; k + lag < taps; k++) {
                    result[k][k + lag] = lagged[lag] - before - after;
                    if (k + lag < taps - 1) {
                        before += first[k][k + lag];
                        after -= last[k][k + lag];
                    }
                }
            }
            return result;
        }
    }
}
