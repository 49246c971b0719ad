package org.lamina.kernels;

import java.util.Arrays;
import org.lamina.onednn.Normalization;
import org.lamina.onednn.Normalization.Moments;
import org.lamina.onednn.OneDnn;
import org.lamina.spec.WeightStandardization;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.floating.SquaredNorm;
import org.nd4j.linalg.api.ops.impl.reduce3.Dot;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Weight standardization of each unit of {@code [units, elements...]}:
 *
 * <pre>
 * c    = w - mean(w)
 * d    = max(k * sum(c^2) + a, bound)      k, a, bound: the formula's
 * w'   = gain * c / sqrt(d)
 *
 * dGain = sum(dw' * c) / sqrt(d)
 * dw    = gain / sqrt(d) * (dw' - mean(dw') - c * k * sum(dw' * c) / d)     last term 0 at the bound
 * </pre>
 *
 * <p>Units along an axis other than the first require a reordered copy.
 */
public final class WeightStandardizationKernel {

    private final WeightStandardization formula;

    /** A kernel for this formula. */
    public WeightStandardizationKernel(WeightStandardization formula) {
        this.formula = formula;
    }

    /**
     * Forward pass.
     *
     * @param w weights {@code [units, elements...]}
     * @param gain factor of each unit, {@code [units]}, or null for 1
     * @param standardized receives the result, of w's shape; may be the weights
     */
    public void forward(INDArray w, INDArray gain, INDArray standardized) {
        if (isDirect(w, gain, standardized) && forwardDirect(w, gain, standardized)) {
            return;
        }
        standardize(matrix(w), gain, matrix(standardized));
    }

    private void standardize(INDArray w, INDArray gain, INDArray standardized) {
        w.sub(mean(w), standardized);
        INDArray factor = inverseRoot(scaledVariance(standardized));
        if (gain != null) {
            factor.muli(column(gain));
        }
        standardized.muli(factor);
    }

    /**
     * Backward pass.
     *
     * @param w weights of the forward pass
     * @param gain of the forward pass, or null
     * @param dStandardized gradient of the standardized weights
     * @param dw receives the gradient of the weights, of w's shape; may be {@code dStandardized}
     * @param dGain receives the gradient of the gain, {@code [units]}, or null
     */
    public void backward(
            INDArray w, INDArray gain, INDArray dStandardized, INDArray dw, INDArray dGain) {
        if (isDirect(w, gain, dStandardized, dw)
                && (dGain == null || Nd4jOps.isContiguous(dGain))
                && backwardDirect(w, gain, dStandardized, dw, dGain)) {
            return;
        }
        gradients(matrix(w), gain, matrix(dStandardized), matrix(dw), dGain);
    }

    private void gradients(
            INDArray w, INDArray gain, INDArray dStandardized, INDArray dw, INDArray dGain) {
        INDArray centred = Nd4jOps.scratch(w.dataType(), w.shape());
        w.sub(mean(w), centred);
        INDArray variance = scaledVariance(centred);
        INDArray inverse = inverseRoot(variance);
        INDArray dot = Nd4j.getExecutioner().exec(new Dot(centred, dStandardized, 1));
        dot = dot.reshape(inverse.shape());
        if (dGain != null) {
            dGain.assign(dot.mul(inverse).reshape(dGain.shape()));
        }
        // The part through the variance: -c * k * dot / d, 0 at the bound.
        dot.muli(-formula.factor(w.size(0), w.size(1))).divi(variance);
        dot.muli(variance.gt(formula.lowerBound()).castTo(dot.dataType()));
        centred.muli(dot);
        if (gain != null) {
            inverse.muli(column(gain));
        }
        dStandardized.sub(mean(dStandardized), dw);
        dw.addi(centred).muli(inverse);
    }

    private static INDArray matrix(INDArray w) {
        return w.rank() == 2 ? w : w.reshape('c', w.size(0), w.length() / w.size(0));
    }

    // ---- by oneDNN ------------------------------------------------------------------------------

    private static boolean isDirect(INDArray w, INDArray gain, INDArray... others) {
        return OneDnn.serves(w)
                && Nd4jOps.isContiguous(w)
                && (gain == null || Nd4jOps.isContiguous(gain))
                && Arrays.stream(others).allMatch(Nd4jOps::isContiguous);
    }

    private static Normalization direct(INDArray w) {
        return new Normalization(1, w.size(0), w.length() / w.size(0));
    }

    private boolean forwardDirect(INDArray w, INDArray gain, INDArray standardized) {
        // not the result, which may be the weights themselves
        Moments moments = moments(w, Nd4jOps.scratch(w.dataType(), w.shape()));
        return moments != null && direct(w).forward(w, moments, values(gain), null, standardized);
    }

    private boolean backwardDirect(
            INDArray w, INDArray gain, INDArray dStandardized, INDArray dw, INDArray dGain) {
        INDArray work = Nd4jOps.scratch(w.dataType(), w.shape());
        Moments moments = moments(w, work);
        float[] dGains = new float[(int) w.size(0)];
        float[] unused = new float[dGains.length];
        boolean done =
                moments != null
                        && direct(w)
                                .backward(
                                        w,
                                        moments,
                                        false,
                                        values(gain),
                                        dStandardized,
                                        work,
                                        dw,
                                        dGains,
                                        unused);
        if (done && dGain != null) {
            OneDnn.assign(dGain, dGains);
        }
        return done;
    }

    /** Mean and sqrt(d) of each unit; null if oneDNN does not support it. */
    private Moments moments(INDArray w, INDArray work) {
        long units = w.size(0);
        long elements = w.length() / units;
        double[] mean = new double[(int) units];
        double[] values = new double[mean.length];
        if (!direct(w).moments(w, mean, values, work)) {
            return null;
        }
        double[] factor = new double[mean.length];
        for (int u = 0; u < mean.length; u++) {
            double d =
                    formula.factor(units, elements) * values[u] * elements
                            + formula.summand(units, elements);
            factor[u] = d > formula.lowerBound() ? formula.factor(units, elements) : 0;
            values[u] = 1 / Math.sqrt(Math.max(d, formula.lowerBound()));
        }
        return new Moments(mean, values, factor);
    }

    private static float[] values(INDArray gain) {
        return gain == null ? null : OneDnn.values(gain);
    }

    // ---- by ND4J's ops --------------------------------------------------------------------------

    /** {@code [units, 1]}. */
    private static INDArray mean(INDArray matrix) {
        return matrix.sum(true, 1).divi(matrix.size(1));
    }

    /** d of the centred weights, {@code [units, 1]}. */
    private INDArray scaledVariance(INDArray centred) {
        long units = centred.size(0);
        long elements = centred.size(1);
        INDArray d = Nd4jOps.scratch(centred.dataType(), units, 1);
        Nd4j.getExecutioner().exec(new SquaredNorm(centred, null, d, true, 1));
        d.muli(formula.factor(units, elements)).addi(formula.summand(units, elements));
        return Transforms.max(d, formula.lowerBound(), false);
    }

    private static INDArray inverseRoot(INDArray d) {
        return Transforms.sqrt(d, true).rdivi(1);
    }

    private static INDArray column(INDArray gain) {
        return gain.reshape(gain.length(), 1);
    }
}
