package org.lamina.spec;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The formula by which a layer standardizes its weights before it uses them. For the weights w of
 * one unit (one output channel, or one input channel of a transposed convolution):
 *
 * <pre>
 * w' = gain * (w - mean(w)) / sqrt(max(var(w) * fanIn, eps))     eps as a lower bound
 * w' = gain * (w - mean(w)) / sqrt((var(w) + eps) * fanIn)       eps added
 * </pre>
 *
 * <p>The published formulas differ in the variance, in what counts as fan-in, and in eps: {@link
 * #elektronn3()}, {@link #nfnet()}, {@link #timm()}, {@link #stdConv()}. Immutable; each {@code
 * with...} method returns a changed copy.
 *
 * @param variance unbiased or biased
 * @param fanIn what fan-in counts
 * @param epsilon what eps does
 * @param eps greater than 0
 */
public record WeightStandardization(Variance variance, FanIn fanIn, Epsilon epsilon, double eps)
        implements Serializable {

    /** Divisor of the sum of squares. */
    public enum Variance {
        /** The number of a unit's weights minus one. */
        UNBIASED,
        /** The number of a unit's weights. */
        BIASED
    }

    /** What fanIn counts. */
    public enum FanIn {
        /** All weights of the layer. */
        ALL,
        /** The weights of one unit. */
        UNIT,
        /** Nothing (it is 1): the weights get variance 1, regardless of their number. */
        NONE
    }

    /** What eps does. */
    public enum Epsilon {
        /** Lower bound of variance times fan-in. */
        LOWER_BOUND,
        /** Added to the variance. */
        ADDED
    }

    public WeightStandardization {
        given("variance", variance, Variance.values());
        given("fanIn", fanIn, FanIn.values());
        given("epsilon", epsilon, Epsilon.values());
        boolean fits = eps > 0 && eps < Double.POSITIVE_INFINITY;
        Checks.require(fits, "eps", eps, "must be greater than 0");
    }

    /**
     * The formula of elektronn3: unbiased variance, fan-in over all weights, lower bound 1e-4.
     *
     * @see <a href="https://github.com/ELEKTRONN/elektronn3">elektronn3, modules/layers.py</a>
     */
    public static WeightStandardization elektronn3() {
        return new WeightStandardization(Variance.UNBIASED, FanIn.ALL, Epsilon.LOWER_BOUND, 1e-4);
    }

    /**
     * The formula of DeepMind's NFNets: biased variance, fan-in of a unit, lower bound 1e-4.
     *
     * @see <a href="https://arxiv.org/abs/2102.06171">Brock et al. 2021</a>
     */
    public static WeightStandardization nfnet() {
        return new WeightStandardization(Variance.BIASED, FanIn.UNIT, Epsilon.LOWER_BOUND, 1e-4);
    }

    /**
     * The formula of timm's ScaledStdConv2d: biased variance, fan-in of a unit, 1e-6 added to the
     * variance. timm's normalizer-free networks set eps to 1e-5.
     *
     * @see <a href="https://github.com/huggingface/pytorch-image-models">timm,
     *     layers/std_conv.py</a>
     */
    public static WeightStandardization timm() {
        return new WeightStandardization(Variance.BIASED, FanIn.UNIT, Epsilon.ADDED, 1e-6);
    }

    /**
     * The formula of timm's StdConv2d, a batch normalization of the weights: biased variance, no
     * fan-in, 1e-6 added to the variance. The original has no gain: {@code hasGain(false)}.
     *
     * @see <a href="https://github.com/huggingface/pytorch-image-models">timm,
     *     layers/std_conv.py</a>
     * @see <a href="https://arxiv.org/abs/1903.10520">Qiao et al. 2019</a>
     */
    public static WeightStandardization stdConv() {
        return timm().withFanIn(FanIn.NONE);
    }

    /** A builder that starts from this formula and validates only when it builds. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects a formula whose parts may be given in any order. */
    public static final class Builder implements StandardizationOptions<Builder> {
        WeightStandardization formula;
        Double eps;

        private Builder(WeightStandardization formula) {
            this.formula = formula;
        }

        @Override
        public Builder standardization() {
            return this;
        }

        @Override
        public Builder self() {
            return this;
        }

        /**
         * The formula.
         *
         * @throws IllegalArgumentException naming the field, its value and what is allowed
         */
        public WeightStandardization build() {
            Checks.require(
                    formula != null,
                    "standardization",
                    formula,
                    "give a WeightStandardization, for example elektronn3(), nfnet(), timm() or"
                            + " stdConv()");
            return eps == null ? formula : formula.withEps(eps);
        }
    }

    /** A copy with the given variance. */
    public WeightStandardization withVariance(Variance value) {
        return new WeightStandardization(value, fanIn, epsilon, eps);
    }

    /** A copy with the given fan-in. */
    public WeightStandardization withFanIn(FanIn value) {
        return new WeightStandardization(variance, value, epsilon, eps);
    }

    /** A copy with the given use of eps. */
    public WeightStandardization withEpsilon(Epsilon value) {
        return new WeightStandardization(variance, fanIn, value, eps);
    }

    /** A copy with the given eps. */
    public WeightStandardization withEps(double value) {
        return new WeightStandardization(variance, fanIn, epsilon, value);
    }

    /**
     * Variance times fan-in is this factor times the sum of the squares of the centred weights.
     *
     * @param units number of units
     * @param elements number of weights of a unit
     */
    public double factor(long units, long elements) {
        return fanIn(units, elements)
                / (variance == Variance.UNBIASED ? elements - 1.0 : (double) elements);
    }

    /**
     * What is added to variance times fan-in.
     *
     * @param units number of units
     * @param elements number of weights of a unit
     */
    public double summand(long units, long elements) {
        return epsilon == Epsilon.ADDED ? eps * fanIn(units, elements) : 0;
    }

    /** The lower bound of variance times fan-in; 0 for none. */
    public double lowerBound() {
        return epsilon == Epsilon.LOWER_BOUND ? eps : 0;
    }

    private double fanIn(long units, long elements) {
        return switch (fanIn) {
            case ALL -> (double) units * elements;
            case UNIT -> elements;
            case NONE -> 1;
        };
    }

    /**
     * Rejects units of a single weight, which have no unbiased variance and are 0 once centred.
     *
     * @param elements number of weights of a unit; 0 if not yet known
     * @param unit what a unit is, for the message
     * @throws IllegalArgumentException if there is only one
     */
    public void checkUnit(long elements, String unit) {
        if (elements == 1) {
            throw new IllegalArgumentException(
                    String.format(
                            "weight standardization of 1 weight for each %s; it needs at least 2 (a"
                                    + " larger kernel, fewer groups or more channels)",
                            unit));
        }
    }

    private static void given(String field, Object value, Object[] allowed) {
        Checks.require(value != null, field, value, "allowed are " + Arrays.toString(allowed));
    }
}
