package org.lamina.zoo.data.augment;

import org.apache.commons.math3.transform.DftNormalization;
import org.apache.commons.math3.transform.FastFourierTransformer;
import org.apache.commons.math3.transform.TransformType;

/**
 * Discrete Fourier transform of any length. Lengths other than powers of two are computed by a
 * convolution with a chirp (Bluestein, https://doi.org/10.1109/TAU.1970.1162132).
 */
final class Fourier {
    private final int length;

    /** exp(-pi i k k / length); null for powers of two. */
    private final double[][] chirp;

    /** Transform of its conjugate, extended to both sides. */
    private final double[][] response;

    Fourier(int length) {
        this.length = length;
        if (powerOfTwo(length) == length) {
            chirp = null;
            response = null;
            return;
        }
        chirp = new double[2][length];
        int padded = powerOfTwo(2 * length - 1);
        response = new double[2][padded];
        for (int k = 0; k < length; k++) {
            double angle = Math.PI * ((long) k * k % (2L * length)) / length;
            chirp[0][k] = Math.cos(angle);
            chirp[1][k] = -Math.sin(angle);
            int mirrored = (padded - k) % padded;
            response[0][k] = response[0][mirrored] = chirp[0][k];
            response[1][k] = response[1][mirrored] = -chirp[1][k];
        }
        radix2(response, TransformType.FORWARD);
    }

    /** The smallest power of two that is not below a number. */
    static int powerOfTwo(int least) {
        int highest = Integer.highestOneBit(least);
        return highest == least ? least : 2 * highest;
    }

    /**
     * Transforms in place.
     *
     * @param z real and imaginary parts
     */
    void forward(double[][] z) {
        if (chirp == null) {
            radix2(z, TransformType.FORWARD);
            return;
        }
        double[][] padded = new double[2][response[0].length];
        multiply(z, chirp, padded, length);
        radix2(padded, TransformType.FORWARD);
        multiply(padded, response, padded, padded[0].length);
        radix2(padded, TransformType.INVERSE);
        multiply(padded, chirp, z, length);
    }

    /** Transforms back, in place. */
    void inverse(double[][] z) {
        for (int k = 0; k < length; k++) {
            z[1][k] = -z[1][k];
        }
        forward(z);
        for (int k = 0; k < length; k++) {
            z[0][k] /= length;
            z[1][k] /= -length;
        }
    }

    private static void multiply(double[][] a, double[][] b, double[][] product, int count) {
        for (int k = 0; k < count; k++) {
            double real = a[0][k] * b[0][k] - a[1][k] * b[1][k];
            product[1][k] = a[0][k] * b[1][k] + a[1][k] * b[0][k];
            product[0][k] = real;
        }
    }

    private static void radix2(double[][] z, TransformType type) {
        FastFourierTransformer.transformInPlace(z, DftNormalization.STANDARD, type);
    }
}
