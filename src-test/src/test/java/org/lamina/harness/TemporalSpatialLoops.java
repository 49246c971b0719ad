package org.lamina.harness;

import org.lamina.spec.TemporalSpatialConvSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Temporal convolution, batch normalization and depthwise spatial convolution in loops, one after
 * the other, in double.
 */
public final class TemporalSpatialLoops {

    private final int n;
    private final int c;
    private final int t;
    private final int out;
    private final int f;
    private final int d;
    private final int k;
    private final int left;
    private final double eps;
    private final double[] x;
    private final double[] tw;
    private final double[] tb;
    private final double[] gamma;
    private final double[] beta;
    private final double[] sw;
    private final double[] sb;

    /** Mean and biased variance that were used. */
    private final double[] mean;

    private final double[] variance;
    private final boolean own;

    /** Values before the normalization, normalized, and the output. */
    private final double[] u;

    private final double[] h;
    private final double[] y;

    /**
     * The forward pass.
     *
     * @param params tW, tb or null, gamma, beta, sW, sb or null
     * @param given mean and variance, or null for the minibatch's own
     */
    public TemporalSpatialLoops(
            TemporalSpatialConvSpec spec, INDArray input, INDArray[] params, INDArray[] given) {
        n = (int) input.size(0);
        c = (int) input.size(2);
        t = (int) input.size(3);
        f = (int) spec.temporal().outChannels();
        d = spec.spatial().depthMultiplier();
        k = spec.temporal().geometry().kernelSize()[1];
        left = spec.temporal().geometry().padBefore()[1];
        out = t + left + spec.temporal().geometry().padAfter()[1] - k + 1;
        eps = spec.normalization().eps();
        x = values(input, 0);
        tw = values(params[0], 0);
        tb = values(params[1], f);
        gamma = values(params[2], 0);
        beta = values(params[3], 0);
        sw = values(params[4], 0);
        sb = values(params[5], f * d);
        own = given == null;
        u = new double[n * f * c * out];
        h = new double[u.length];
        for (int i = 0; i < u.length; i++) {
            u[i] = tb[filter(i)];
            for (int j = 0; j < k; j++) {
                u[i] += tw[filter(i) * k + j] * sample(i, j);
            }
        }
        mean = own ? new double[f] : values(given[0], 0);
        variance = own ? new double[f] : values(given[1], 0);
        for (int i = 0; own && i < u.length; i++) {
            mean[filter(i)] += u[i] / count();
        }
        for (int i = 0; own && i < u.length; i++) {
            variance[filter(i)] += Math.pow(u[i] - mean[filter(i)], 2) / count();
        }
        y = new double[n * f * d * out];
        for (int i = 0; i < y.length; i++) {
            y[i] = sb[i / out % (f * d)];
        }
        for (int i = 0; i < u.length; i++) {
            h[i] = (u[i] - mean[filter(i)]) * inverse(filter(i));
            for (int m = 0; m < d; m++) {
                y[output(i, m)] += weight(i, m) * (gamma[filter(i)] * h[i] + beta[filter(i)]);
            }
        }
    }

    private static double[] values(INDArray array, int zeros) {
        return array == null
                ? new double[zeros]
                : array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }

    private double inverse(int filter) {
        double square = variance[filter] + eps;
        return square == 0 ? 0 : 1 / Math.sqrt(square);
    }

    private int count() {
        return n * c * out;
    }

    /** The filter of value i of {@code [N, F, C, T']}. */
    private int filter(int i) {
        return i / out / c % f;
    }

    /** Where tap j lies for value i in the input; -1 in the padding. */
    private int position(int i, int j) {
        int at = i % out + j - left;
        return at < 0 || at >= t ? -1 : (i / out / c / f * c + i / out % c) * t + at;
    }

    private double sample(int i, int j) {
        return position(i, j) < 0 ? 0 : x[position(i, j)];
    }

    private double weight(int i, int m) {
        return sw[spatial(i, m)];
    }

    private int spatial(int i, int m) {
        return (filter(i) * d + m) * c + i / out % c;
    }

    /** Where spatial filter m sees value i. */
    private int output(int i, int m) {
        return (i / out / c * d + m) * out + i % out;
    }

    /** The output, {@code [N, F * D, 1, T']}. */
    public INDArray output() {
        return array(y, n, (long) f * d, 1, out);
    }

    /** The mean of each filter's values. */
    public INDArray mean() {
        return array(mean, f);
    }

    /** Their unbiased variance. */
    public INDArray unbiasedVariance() {
        return array(variance, f).muli(count()).divi(Math.max(1, count() - 1));
    }

    /** Gradients of x, tW, tb, gamma, beta, sW, sb. */
    public INDArray[] gradients(INDArray outputGradient) {
        double[] dy = values(outputGradient, 0);
        double[] dx = new double[x.length];
        double[] dtw = new double[tw.length];
        double[] dtb = new double[f];
        double[] dgamma = new double[f];
        double[] dbeta = new double[f];
        double[] dsw = new double[sw.length];
        double[] dsb = new double[f * d];
        double[] dv = new double[u.length];
        for (int i = 0; i < dy.length; i++) {
            dsb[i / out % (f * d)] += dy[i];
        }
        for (int i = 0; i < u.length; i++) {
            for (int m = 0; m < d; m++) {
                dv[i] += weight(i, m) * dy[output(i, m)];
                dsw[spatial(i, m)] +=
                        (gamma[filter(i)] * h[i] + beta[filter(i)]) * dy[output(i, m)];
            }
            dgamma[filter(i)] += dv[i] * h[i];
            dbeta[filter(i)] += dv[i];
        }
        for (int i = 0; i < u.length; i++) {
            int filter = filter(i);
            double centred = own ? (dbeta[filter] + h[i] * dgamma[filter]) / count() : 0;
            double du = gamma[filter] * inverse(filter) * (dv[i] - centred);
            dtb[filter] += du;
            for (int j = 0; j < k; j++) {
                dtw[filter * k + j] += du * sample(i, j);
                if (position(i, j) >= 0) {
                    dx[position(i, j)] += du * tw[filter * k + j];
                }
            }
        }
        return new INDArray[] {
            array(dx, n, 1, c, t),
            array(dtw, f, 1, 1, k),
            array(dtb, f),
            array(dgamma, f),
            array(dbeta, f),
            array(dsw, (long) f * d, 1, c, 1),
            array(dsb, (long) f * d)
        };
    }

    private static INDArray array(double[] values, long... shape) {
        return Nd4j.createFromArray(values).reshape('c', shape);
    }
}
