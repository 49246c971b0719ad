package org.lamina.kernels;

import java.util.Arrays;
import org.lamina.onednn.Normalization;
import org.lamina.onednn.Normalization.Moments;
import org.lamina.onednn.OneDnn;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@link NormKernel} without a mask by {@link Normalization oneDNN itself}. Instance normalization
 * is batch normalization of one example with N * C channels.
 */
final class OneDnnNorm {

    /** With fewer values per channel of an example, a row is too short for oneDNN's vector code. */
    private static final int SHORTEST_ROW = 8;

    /** A variance below this fraction of the squared mean may be rounding error of the mean. */
    private static final double DOUBTFUL = 1e-9;

    private final double eps;
    private final boolean instance;

    OneDnnNorm(double eps, boolean instance) {
        this.eps = eps;
        this.instance = instance;
    }

    boolean serves(INDArray x) {
        return OneDnn.serves(x) && positions(x) >= SHORTEST_ROW;
    }

    private static long positions(INDArray x) {
        return x.length() / (x.size(0) * x.size(1));
    }

    private Normalization normalization(INDArray x) {
        return instance
                ? new Normalization(1, x.size(0) * x.size(1), positions(x))
                : new Normalization(x.size(0), x.size(1), positions(x));
    }

    /**
     * As in NormKernel, with x's own statistics; null if oneDNN does not support it or is not
     * accurate enough: without eps it matters whether a variance is 0.
     */
    NormKernel.Statistics forward(INDArray x, INDArray gamma, INDArray beta, INDArray y) {
        Normalization normalization = normalization(x);
        int length = channels(x);
        double[] mean = new double[length];
        double[] variance = new double[length];
        boolean done =
                normalization.moments(x, mean, variance, y)
                        && !(eps == 0 && doubtful(mean, variance))
                        && normalization.forward(
                                x,
                                new Moments(mean, variance, eps),
                                repeated(gamma, x),
                                repeated(beta, x),
                                y);
        if (!done) {
            return null;
        }
        long count = x.length() / length;
        long[] shape = {instance ? x.size(0) : 1, x.size(1), 1};
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return new NormKernel.Statistics(
                    Nd4j.create(mean, shape, DataType.FLOAT),
                    Nd4j.create(variance, shape, DataType.FLOAT),
                    new NormKernel.Count(count, null));
        }
    }

    private static boolean doubtful(double[] mean, double[] variance) {
        for (int c = 0; c < mean.length; c++) {
            if (!(variance[c] > Math.max(Float.MIN_NORMAL, DOUBTFUL * mean[c] * mean[c]))) {
                return true;
            }
        }
        return false;
    }

    /** As in NormKernel, with given statistics per channel; false if oneDNN does not support it. */
    boolean forward(
            INDArray x, NormKernel.Statistics given, INDArray gamma, INDArray beta, INDArray y) {
        return normalization(x)
                .forward(x, moments(given, x), repeated(gamma, x), repeated(beta, x), y);
    }

    /** As in NormKernel; false if oneDNN does not support it. */
    boolean backward(
            INDArray x,
            INDArray gamma,
            NormKernel.Statistics statistics,
            INDArray dy,
            INDArray dx,
            INDArray dGamma,
            INDArray dBeta) {
        INDArray work = dx == null ? Nd4jOps.scratch(x.dataType(), x.shape()) : dx;
        int length = channels(x);
        float[] gammas = new float[length];
        float[] betas = new float[length];
        boolean done =
                normalization(x)
                        .backward(
                                x,
                                moments(statistics, x),
                                statistics.isGiven(),
                                repeated(gamma, x),
                                dy,
                                work,
                                dx,
                                gammas,
                                betas);
        if (done) {
            assign(dGamma, gammas);
            assign(dBeta, betas);
        }
        return done;
    }

    private Moments moments(NormKernel.Statistics statistics, INDArray x) {
        return new Moments(doubles(statistics.mean(), x), doubles(statistics.variance(), x), eps);
    }

    private double[] doubles(INDArray statistic, INDArray x) {
        double[] values = Nd4jOps.doubles(statistic);
        double[] result = new double[channels(x)];
        Arrays.setAll(result, i -> values[i % values.length]);
        return result;
    }

    /** Number of channels of the {@link Normalization}. */
    private int channels(INDArray x) {
        return (int) (instance ? x.size(0) * x.size(1) : x.size(1));
    }

    /** One value per channel of the {@link Normalization}; null for null. */
    private float[] repeated(INDArray ofChannels, INDArray x) {
        if (ofChannels == null) {
            return null;
        }
        float[] values = OneDnn.values(Nd4jOps.contiguous(ofChannels));
        if (!instance) {
            return values;
        }
        float[] result = new float[channels(x)];
        for (int i = 0; i < result.length; i++) {
            result[i] = values[i % values.length];
        }
        return result;
    }

    /** The sum of the values of each channel. */
    private static void assign(INDArray target, float[] values) {
        if (target == null) {
            return;
        }
        float[] sums = Arrays.copyOf(values, (int) target.length());
        for (int i = sums.length; i < values.length; i++) {
            sums[i % sums.length] += values[i];
        }
        if (Nd4jOps.isContiguous(target)) {
            OneDnn.assign(target, sums);
        } else {
            target.assign(Nd4j.createFromArray(sums).reshape(target.shape()));
        }
    }
}
