package org.lamina.zoo.report;

import java.util.Arrays;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Theoretical statistics of white noise after a layer of an untrained network, under the assumption
 * of equal, independent channels and normal values: a mean for every position, its variance, and
 * the covariances with its neighbours; positions further apart are assumed to be independent.
 *
 * <p>Means and covariances are over images and over random weights, standardized ones: the weights
 * of a filter have variance 1 / fan-in and add up to 0.
 */
final class NoiseField {

    /** From a position to itself and to the neighbours after it. */
    private static final int[][] OFFSETS = {{0, 0}, {0, 1}, {1, -1}, {1, 0}, {1, 1}};

    /** Mean and variance of the largest of 9 standard normal numbers. */
    private static final double MAX_MEAN = 1.48501;

    private static final double MAX_VARIANCE = 0.35735;

    /**
     * Covariance of the largest of 9 numbers with the largest of 9 others, 3 of which (or 1) are
     * shared.
     */
    private static final double MAX_SIDE = 0.09978;

    private static final double MAX_DIAGONAL = 0.03173;

    private final int height;
    private final int width;
    private final double[] mean;

    /** By offset and position. */
    private final double[][] covariance;

    private NoiseField(int height, int width) {
        this.height = height;
        this.width = width;
        this.mean = new double[height * width];
        this.covariance = new double[OFFSETS.length][height * width];
    }

    /** Standard normal white noise. */
    static NoiseField white(int height, int width) {
        NoiseField field = new NoiseField(height, width);
        Arrays.fill(field.covariance[0], 1);
        return field;
    }

    /** Mean of the positions' variances. */
    double variance() {
        return Arrays.stream(covariance[0]).average().orElseThrow();
    }

    /** Mean of the positions' means. */
    double mean() {
        return Arrays.stream(mean).average().orElseThrow();
    }

    private boolean inside(int y, int x) {
        return y >= 0 && y < height && x >= 0 && x < width;
    }

    /** Covariance of the values at two positions, both inside. */
    private double covariance(int y1, int x1, int y2, int x2) {
        int down = y2 - y1;
        int right = x2 - x1;
        if (down < 0 || down == 0 && right < 0) {
            return covariance(y2, x2, y1, x1);
        }
        if (down > 1 || Math.abs(right) > 1) {
            return 0;
        }
        return covariance[down == 0 ? right : right + 3][y1 * width + x1];
    }

    /** Two positions of the result and the covariance of the values there. */
    @FunctionalInterface
    private interface Covariance {
        double of(int y1, int x1, int y2, int x2);
    }

    private NoiseField withCovariances(Covariance rule) {
        for (int k = 0; k < OFFSETS.length; k++) {
            for (int i = 0; i < mean.length; i++) {
                int y = i / width;
                int x = i % width;
                if (inside(y + OFFSETS[k][0], x + OFFSETS[k][1])) {
                    covariance[k][i] = rule.of(y, x, y + OFFSETS[k][0], x + OFFSETS[k][1]);
                }
            }
        }
        return this;
    }

    // ---- convolution ----------------------------------------------------------------------------

    /** After a convolution with standardized random weights and zero padding. */
    NoiseField convolved(ConvSpec conv) {
        ConvGeometry geometry = conv.geometry();
        long[] size = geometry.outputSize(height, width);
        NoiseField result = new NoiseField((int) size[0], (int) size[1]);
        double channels = (double) conv.inChannels() / geometry.groups();
        return result.withCovariances(
                (y1, x1, y2, x2) -> {
                    int[] first = corner(geometry, y1, x1);
                    int[] second = corner(geometry, y2, x2);
                    return convolved(first, second, geometry.kernelSize(), channels);
                });
    }

    private static int[] corner(ConvGeometry geometry, int y, int x) {
        int[] stride = geometry.stride();
        int[] padding = geometry.padBefore();
        return new int[] {y * stride[0] - padding[0], x * stride[1] - padding[1]};
    }

    /**
     * With n weights the mean square of one is 1 / n and the mean product of two, since they add up
     * to 0, -1 / (n (n - 1)).
     */
    private double convolved(int[] first, int[] second, int[] kernel, double channels) {
        int taps = kernel[0] * kernel[1];
        double n = channels * taps;
        if (n == 1) {
            return 0;
        }
        double sameWeight = 0;
        double sameChannel = 0;
        double mean1 = 0;
        double mean2 = 0;
        for (int i = 0; i < taps; i++) {
            int y1 = first[0] + i / kernel[1];
            int x1 = first[1] + i % kernel[1];
            int y2 = second[0] + i / kernel[1];
            int x2 = second[1] + i % kernel[1];
            boolean inside1 = inside(y1, x1);
            boolean inside2 = inside(y2, x2);
            mean1 += inside1 ? mean[y1 * width + x1] : 0;
            mean2 += inside2 ? mean[y2 * width + x2] : 0;
            if (inside1 && inside2) {
                sameWeight +=
                        covariance(y1, x1, y2, x2) + mean[y1 * width + x1] * mean[y2 * width + x2];
            }
            if (inside1) {
                sameChannel += covarianceWithWindow(y1, x1, second, kernel);
            }
        }
        double anyWeights = channels * sameChannel + channels * channels * mean1 * mean2;
        return (channels * sameWeight - anyWeights / n) / (n - 1);
    }

    /** Sum of the covariances of a position with its neighbours in a window. */
    private double covarianceWithWindow(int y, int x, int[] corner, int[] size) {
        double sum = 0;
        for (int y2 = Math.max(y - 1, corner[0]); y2 <= y + 1 && y2 < corner[0] + size[0]; y2++) {
            for (int x2 = Math.max(x - 1, corner[1]);
                    x2 <= x + 1 && x2 < corner[1] + size[1];
                    x2++) {
                sum += inside(y2, x2) ? covariance(y, x, y2, x2) : 0;
            }
        }
        return sum;
    }

    // ---- pooling --------------------------------------------------------------------------------

    /**
     * After an average pooling of adjacent windows; one that reaches beyond the edge has fewer
     * values.
     */
    NoiseField averagePooled(int size) {
        NoiseField result = new NoiseField((height + size - 1) / size, (width + size - 1) / size);
        for (int i = 0; i < result.mean.length; i++) {
            int top = i / result.width * size;
            int left = i % result.width * size;
            double sum = 0;
            for (int y = top; y < Math.min(top + size, height); y++) {
                for (int x = left; x < Math.min(left + size, width); x++) {
                    sum += mean[y * width + x];
                }
            }
            result.mean[i] = sum / count(size, top, left);
        }
        return result.withCovariances(
                (y1, x1, y2, x2) -> pooled(size, y1 * size, x1 * size, y2 * size, x2 * size));
    }

    private double pooled(int size, int top1, int left1, int top2, int left2) {
        double sum = 0;
        int[] window = {size, size};
        for (int y = top1; y < Math.min(top1 + size, height); y++) {
            for (int x = left1; x < Math.min(left1 + size, width); x++) {
                sum += covarianceWithWindow(y, x, new int[] {top2, left2}, window);
            }
        }
        return sum / (count(size, top1, left1) * count(size, top2, left2));
    }

    private double count(int size, int top, int left) {
        return (double) Math.min(size, height - top) * Math.min(size, width - left);
    }

    /**
     * After a max pooling of 3x3 with stride 2, of values that are independent and nearly alike.
     */
    NoiseField maxPooled() {
        NoiseField result = new NoiseField((height + 1) / 2, (width + 1) / 2);
        for (int i = 0; i < result.mean.length; i++) {
            int center = i / result.width * 2 * width + i % result.width * 2;
            result.mean[i] = MAX_MEAN * Math.sqrt(covariance[0][center]);
        }
        return result.withCovariances(
                (y1, x1, y2, x2) -> {
                    boolean side = y1 == y2 || x1 == x2;
                    double neighbour = side ? MAX_SIDE : MAX_DIAGONAL;
                    return covariance[0][y1 * 2 * width + x1 * 2]
                            * (y1 == y2 && x1 == x2 ? MAX_VARIANCE : neighbour);
                });
    }

    // ---- values ---------------------------------------------------------------------------------

    /** The sum with an independent field. */
    NoiseField plus(NoiseField other) {
        NoiseField result = new NoiseField(height, width);
        Arrays.setAll(result.mean, i -> mean[i] + other.mean[i]);
        return result.withCovariances(
                (y1, x1, y2, x2) -> covariance(y1, x1, y2, x2) + other.covariance(y1, x1, y2, x2));
    }

    /** Times a factor. */
    NoiseField times(double factor) {
        NoiseField result = new NoiseField(height, width);
        Arrays.setAll(result.mean, i -> factor * mean[i]);
        return result.withCovariances(
                (y1, x1, y2, x2) -> factor * factor * covariance(y1, x1, y2, x2));
    }

    /**
     * After an activation function f. Two standard normal numbers with correlation r have {@code
     * E[f(x) f(y)]} = sum over k of {@code a(k) b(k) r^k}, where a and b are the coefficients of f
     * in normalized Hermite polynomials.
     */
    NoiseField activated(IActivation function) {
        INDArray x = Nd4j.create(DataType.DOUBLE, mean.length, Hermite.NODES.length);
        for (int i = 0; i < mean.length; i++) {
            for (int j = 0; j < Hermite.NODES.length; j++) {
                double value = mean[i] + Math.sqrt(covariance[0][i]) * Hermite.NODES[j];
                x.putScalar(i, j, value);
            }
        }
        INDArray values = function.getActivation(x, false);
        double[][] coefficients = values.mmul(Nd4j.createFromArray(Hermite.BASIS)).toDoubleMatrix();
        double[] squares =
                values.mul(values).mmul(Nd4j.createFromArray(Hermite.WEIGHTS)).toDoubleVector();
        NoiseField result = new NoiseField(height, width);
        Arrays.setAll(result.mean, i -> coefficients[i][0]);
        return result.withCovariances(
                (y1, x1, y2, x2) -> {
                    int i = y1 * width + x1;
                    int j = y2 * width + x2;
                    if (i == j) {
                        return squares[i] - result.mean[i] * result.mean[i];
                    }
                    double scale = Math.sqrt(covariance[0][i] * covariance[0][j]);
                    double correlation = scale == 0 ? 0 : covariance(y1, x1, y2, x2) / scale;
                    double sum = 0;
                    for (int k = Hermite.DEGREE; k > 0; k--) {
                        sum = correlation * (sum + coefficients[i][k] * coefficients[j][k]);
                    }
                    return sum;
                });
    }

    /** Integrals over the standard normal distribution, as sums over equally spaced nodes. */
    private static final class Hermite {

        static final int DEGREE = 8;
        private static final double STEP = 0.1;
        static final double[] NODES = new double[121];
        static final double[] WEIGHTS = new double[NODES.length];

        /** Normalized polynomials times weights, by node and degree. */
        static final double[][] BASIS = new double[NODES.length][DEGREE + 1];

        static {
            for (int i = 0; i < NODES.length; i++) {
                double x = (i - NODES.length / 2) * STEP;
                NODES[i] = x;
                WEIGHTS[i] = STEP * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
                double before = 0;
                double polynomial = 1;
                for (int k = 0; k <= DEGREE; k++) {
                    BASIS[i][k] = WEIGHTS[i] * polynomial;
                    double next = (x * polynomial - Math.sqrt(k) * before) / Math.sqrt(k + 1.0);
                    before = polynomial;
                    polynomial = next;
                }
            }
        }
    }
}
