package org.lamina.spec;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The formula by which a layer standardizes its weights before it uses them. For the weights w of
 * one unit (one output channel, or one input channel of a transposed convolution):
 *
 * <pre>
 * w' = gain * (w - mean(w)) / sqrt(max(var(w) * fanIn, eps))     eps as a lower bound
 * w' = gain * (w - mean(w)) / sqrt((var(w) + eps) * fanIn)       eps added
 * </pre>
 *
 * <p>The published formulas differ in the variance, in what they count as fan-in, and in eps:
 * {@link #elektronn3()}, {@link #nfnet()}, {@link #timm()}, {@link #stdConv()}. Immutable; each
 * {@code with...} method returns a changed copy.
 */
public final class WeightStandardization implements Serializable {

    /** Divisor of the sum of squares. */
    public enum Variance {
        /** The number of a unit's weights less one. */
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
        /** Nothing, it is 1: the weights get variance 1, whatever their number. */
        NONE
    }

    /** What eps does. */
    public enum Epsilon {
        /** The lowest value of variance times fan-in. */
        LOWER_BOUND,
        /** Added to the variance. */
        ADDED
    }

    private static final long serialVersionUID = 1L;

    private final Variance variance;
    private final FanIn fanIn;
    private final Epsilon epsilon;
    private final double eps;

    /**
     * A formula.
     *
     * @param variance unbiased or biased
     * @param fanIn what fan-in counts
     * @param epsilon what eps does
     * @param eps greater than 0
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public WeightStandardization(
            @JsonProperty("variance") Variance variance,
            @JsonProperty("fanIn") FanIn fanIn,
            @JsonProperty("epsilon") Epsilon epsilon,
            @JsonProperty("eps") double eps) {
        this.variance = given("variance", variance, Variance.values());
        this.fanIn = given("fanIn", fanIn, FanIn.values());
        this.epsilon = given("epsilon", epsilon, Epsilon.values());
        this.eps = eps;
        if (!(eps > 0 && eps < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("eps = " + eps + "; must be greater than 0");
        }
    }

    /**
     * elektronn3's: unbiased variance, fan-in over all weights, lower bound 1e-4.
     *
     * @see <a href="https://github.com/ELEKTRONN/elektronn3">elektronn3, modules/layers.py</a>
     */
    public static WeightStandardization elektronn3() {
        return new WeightStandardization(Variance.UNBIASED, FanIn.ALL, Epsilon.LOWER_BOUND, 1e-4);
    }

    /**
     * DeepMind's for NFNets: biased variance, fan-in of a unit, lower bound 1e-4.
     *
     * @see <a href="https://arxiv.org/abs/2102.06171">Brock et al. 2021</a>
     */
    public static WeightStandardization nfnet() {
        return new WeightStandardization(Variance.BIASED, FanIn.UNIT, Epsilon.LOWER_BOUND, 1e-4);
    }

    /**
     * timm's ScaledStdConv2d: biased variance, fan-in of a unit, 1e-6 added to the variance. timm's
     * normalizer-free networks set eps to 1e-5.
     *
     * @see <a href="https://github.com/huggingface/pytorch-image-models">timm,
     *     layers/std_conv.py</a>
     */
    public static WeightStandardization timm() {
        return new WeightStandardization(Variance.BIASED, FanIn.UNIT, Epsilon.ADDED, 1e-6);
    }

    /**
     * timm's StdConv2d, a batch normalization of the weights: biased variance, no fan-in, 1e-6
     * added to the variance. The original has no gain: {@code hasGain(false)}.
     *
     * @see <a href="https://github.com/huggingface/pytorch-image-models">timm,
     *     layers/std_conv.py</a>
     * @see <a href="https://arxiv.org/abs/1903.10520">Qiao et al. 2019</a>
     */
    public static WeightStandardization stdConv() {
        return timm().withFanIn(FanIn.NONE);
    }

    /** A builder that checks nothing until it builds; without a call it gives this formula. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects a formula, so that its parts may be given in any order. */
    public static final class Builder {
        private WeightStandardization formula;
        private Double eps;

        private Builder(WeightStandardization formula) {
            this.formula = formula;
        }

        /** The formula; an eps given by itself stays. */
        public Builder formula(WeightStandardization value) {
            this.formula = value;
            return this;
        }

        /** Eps, whichever formula is used. */
        public Builder eps(double value) {
            this.eps = value;
            return this;
        }

        /**
         * The formula.
         *
         * @throws IllegalArgumentException naming the field, its value and what is allowed
         */
        public WeightStandardization build() {
            if (formula == null) {
                throw new IllegalArgumentException(
                        "standardization = null; give a WeightStandardization, for example"
                                + " elektronn3(), nfnet(), timm() or stdConv()");
            }
            return eps == null ? formula : formula.withEps(eps);
        }
    }

    /** Copy with another variance. */
    public WeightStandardization withVariance(Variance value) {
        return new WeightStandardization(value, fanIn, epsilon, eps);
    }

    /** Copy with another fan-in. */
    public WeightStandardization withFanIn(FanIn value) {
        return new WeightStandardization(variance, value, epsilon, eps);
    }

    /** Copy that uses eps in another way. */
    public WeightStandardization withEpsilon(Epsilon value) {
        return new WeightStandardization(variance, fanIn, value, eps);
    }

    /** Copy with another eps. */
    public WeightStandardization withEps(double value) {
        return new WeightStandardization(variance, fanIn, epsilon, value);
    }

    /** Divisor of the sum of squares. */
    @JsonProperty("variance")
    public Variance variance() {
        return variance;
    }

    /** What fan-in counts. */
    @JsonProperty("fanIn")
    public FanIn fanIn() {
        return fanIn;
    }

    /** What eps does. */
    @JsonProperty("epsilon")
    public Epsilon epsilon() {
        return epsilon;
    }

    /** The bound of variance times fan-in, or what is added to the variance. */
    @JsonProperty("eps")
    public double eps() {
        return eps;
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

    /** The lowest value of variance times fan-in; 0 without a bound. */
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
     * Refuses units of a single weight: it has no unbiased variance, and less its mean it is 0
     * whatever its value.
     *
     * @param elements number of weights of a unit; 0 for not yet known
     * @param unit what a unit is, for the message
     * @throws IllegalArgumentException if there is only one
     */
    public void checkUnit(long elements, String unit) {
        if (elements == 1) {
            throw new IllegalArgumentException(
                    "weight standardization of 1 weight for each "
                            + unit
                            + "; it needs at least 2 (a larger kernel, fewer groups or more"
                            + " channels)");
        }
    }

    private static <E> E given(String field, E value, E[] allowed) {
        if (value == null) {
            throw new IllegalArgumentException(
                    field + " = null; allowed are " + Arrays.toString(allowed));
        }
        return value;
    }

    @Override
    public boolean equals(Object o) {
        if (!(o instanceof WeightStandardization)) {
            return false;
        }
        WeightStandardization other = (WeightStandardization) o;
        return variance == other.variance
                && fanIn == other.fanIn
                && epsilon == other.epsilon
                && eps == other.eps;
    }

    @Override
    public int hashCode() {
        return Objects.hash(variance, fanIn, epsilon, eps);
    }

    @Override
    public String toString() {
        return "weight standardization (variance "
                + variance
                + ", fan-in "
                + fanIn
                + ", eps "
                + eps
                + " "
                + epsilon
                + ")";
    }
}
