package org.lamina.samediff.ops;

import java.util.Arrays;
import org.lamina.kernels.FusedFunction;
import org.lamina.samediff.execution.FusedParts;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WeightStandardization;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Weight standardization. */
public final class WeightStandardizationOps {

    private WeightStandardizationOps() {}

    /**
     * Standardized weights; gradients flow through mean and variance. Where the lower bound of the
     * variance is active, none flow through the variance.
     *
     * @param w weights {@code [units, ...]}, which may be computed in the graph
     * @param gain factor of each unit, {@code [units]}, or null for 1
     * @param formula the formula
     * @param shape shape of the weights
     * @return weights of the same shape
     * @throws IllegalArgumentException if a unit has a single weight
     */
    public static SDVariable standardize(
            SDVariable w, SDVariable gain, WeightStandardization formula, long... shape) {
        long units = shape[0];
        long elements = Arrays.stream(shape).skip(1).reduce(1, (a, b) -> a * b);
        formula.checkUnit(elements, "unit");
        return FusedParts.part(
                new FusedFunction.Standardization(formula),
                v -> standardize(v[0], v[1], formula, units, elements).reshape(shape),
                w,
                gain);
    }

    /** As a matrix {@code [units, elements]}. */
    private static SDVariable standardize(
            SDVariable w,
            SDVariable gain,
            WeightStandardization formula,
            long units,
            long elements) {
        SameDiff sd = w.getSameDiff();
        SDVariable matrix = w.reshape(units, elements);
        SDVariable centred = matrix.sub(matrix.mean(true, 1));
        SDVariable scaled =
                sd.math().square(centred).sum(true, 1).mul(formula.factor(units, elements));
        double summand = formula.summand(units, elements);
        if (summand > 0) {
            scaled = scaled.add(summand);
        }
        if (formula.lowerBound() > 0) {
            // relu's gradient below the bound is 0.
            double bound = formula.lowerBound();
            scaled = sd.nn().relu(scaled.sub(bound), 0).add(bound);
        }
        SDVariable factor = sd.math().sqrt(scaled).rdiv(1.0);
        if (gain != null) {
            factor = factor.mul(gain.reshape(units, 1));
        }
        return centred.mul(factor);
    }

    /**
     * A convolution with standardized weights.
     *
     * @param x input {@code [N, in, spatial...]}
     * @param w weights {@code [out, in / groups, kernel...]}
     * @param b bias {@code [out]}, or null
     * @param gain factor of each output channel {@code [out]}, or null for 1
     * @param spec channels, geometry and formula; its bias flag is not used
     * @return {@code [N, out, spec.outputSize(spatial)...]}
     */
    public static SDVariable conv(
            SDVariable x, SDVariable w, SDVariable b, SDVariable gain, WSConvSpec spec) {
        return conv(x, w, b, gain, spec, null);
    }

    /**
     * A convolution of a padded minibatch.
     *
     * @param mask as in {@link ConvOps#conv(SDVariable, SDVariable, SDVariable,
     *     org.lamina.spec.ConvSpec, SDVariable)}
     */
    public static SDVariable conv(
            SDVariable x,
            SDVariable w,
            SDVariable b,
            SDVariable gain,
            WSConvSpec spec,
            SDVariable mask) {
        long[] shape = spec.params().get(0).shape();
        SDVariable standardized = standardize(w, gain, spec.standardization(), shape);
        return ConvOps.conv(x, standardized, b, spec.conv(), mask);
    }
}
