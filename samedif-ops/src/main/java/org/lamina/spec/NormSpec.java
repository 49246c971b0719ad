package org.lamina.spec;

import java.io.Serializable;

/**
 * The norm constraint on a layer's weights, selected by a maximum and a minimum as in selfEEG's
 * constrained layers:
 *
 * <ul>
 *   <li>no maximum: {@link Kind#NONE} (a minimum alone is ignored by the original; here it is an
 *       error);
 *   <li>maximum only: {@link Kind#MAX};
 *   <li>minimum and maximum: {@link Kind#MIN_MAX}, with {@code desired = rate * clip(norm, min,
 *       max) + (1 - rate) * norm};
 *   <li>minimum = maximum = 1: {@link Kind#UNIT}, regardless of the rate.
 * </ul>
 *
 * <p>Each slice over {@link #axes()} is scaled by {@code desired / (norm + eps)}; a zero slice
 * stays zero.
 *
 * @param max largest norm, greater than 0, or null for no constraint
 * @param min smallest norm, in (0, max], or null for no lower bound
 * @param rate fraction of the correction made by each application, in (0, 1]; ignored unless the
 *     kind is {@link Kind#MIN_MAX}, as in selfEEG
 * @param axes axes the norm is taken over
 * @param eps added to the norm in the denominator, 0 or greater
 */
public record NormSpec(Double max, Double min, double rate, NormAxes axes, double eps)
        implements Serializable {

    /** Default of {@link #eps()}, as in selfEEG. */
    public static final double DEFAULT_EPS = 1e-9;

    private static final NormSpec NONE =
            new NormSpec(null, null, 1.0, NormAxes.perOutputUnit(), DEFAULT_EPS);

    /** The constraint that follows from the bounds. */
    public enum Kind {
        NONE,
        MAX,
        MIN_MAX,
        UNIT
    }

    public NormSpec {
        if (max != null && !(max > 0)) {
            throw new IllegalArgumentException(
                    "Norm constraint: max = " + max + ", must be greater than 0");
        }
        if (min != null && !(min > 0)) {
            throw new IllegalArgumentException(
                    "Norm constraint: min = " + min + ", must be greater than 0");
        }
        if (min != null && max == null) {
            throw new IllegalArgumentException(
                    "Norm constraint: min = " + min + " without a max; give both");
        }
        if (min != null && min > max) {
            throw new IllegalArgumentException(
                    "Norm constraint: min = " + min + " is greater than max = " + max);
        }
        if (!(rate > 0 && rate <= 1)) {
            throw new IllegalArgumentException(
                    "Norm constraint: rate = " + rate + ", must be in (0, 1]");
        }
        if (!(eps >= 0)) {
            throw new IllegalArgumentException(
                    "Norm constraint: eps = " + eps + ", must be 0 or greater");
        }
        if (axes == null) {
            throw new IllegalArgumentException(
                    "Norm constraint: axes = null; give NormAxes.perOutputUnit() or"
                            + " NormAxes.of(...)");
        }
    }

    /** No constraint. */
    public static NormSpec none() {
        return NONE;
    }

    /** A builder that starts without a constraint. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the bounds; see {@link NormSpec}. */
    public static final class Builder {
        private Double max;
        private Double min;
        private double rate = 1.0;
        private NormAxes axes = NormAxes.perOutputUnit();
        private double eps = DEFAULT_EPS;

        private Builder() {}

        /** Largest norm, or null. */
        public Builder max(Double value) {
            this.max = value;
            return this;
        }

        /** Smallest norm, or null. */
        public Builder min(Double value) {
            this.min = value;
            return this;
        }

        /** Fraction of the correction made by each application. */
        public Builder rate(double value) {
            this.rate = value;
            return this;
        }

        /** Axes the norm is taken over. */
        public Builder axes(NormAxes value) {
            this.axes = value;
            return this;
        }

        /** Added to the norm in the denominator. */
        public Builder eps(double value) {
            this.eps = value;
            return this;
        }

        /** The constraint that the bounds select. */
        public NormSpec build() {
            return new NormSpec(max, min, rate, axes, eps);
        }
    }

    /** Maximum norm for each output unit. */
    public static NormSpec max(double max) {
        return new NormSpec(max, null, 1.0, NormAxes.perOutputUnit(), DEFAULT_EPS);
    }

    /** The constraint that the bounds select. */
    public Kind kind() {
        if (max == null) {
            return Kind.NONE;
        }
        if (min == null) {
            return Kind.MAX;
        }
        return min == 1.0 && max == 1.0 ? Kind.UNIT : Kind.MIN_MAX;
    }
}
