package org.lamina.constraints;

import java.util.Objects;
import org.lamina.spec.NormAxes;
import org.lamina.spec.NormSpec;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Scales norms towards an interval: {@code desired = rate * clip(norm, min, max) + (1 - rate) *
 * norm}. With a rate of 1, one application suffices.
 */
public final class MinMaxNorm extends NormConstraint {

    @JsonProperty("min")
    private final double min;

    @JsonProperty("max")
    private final double max;

    @JsonProperty("rate")
    private final double rate;

    /**
     * Interval for the norm of each output unit's incoming weights, rate 1.
     *
     * @param min smallest norm, in [0, max]
     * @param max largest norm
     * @throws IllegalArgumentException naming the value that is out of range
     */
    public MinMaxNorm(double min, double max) {
        this(min, max, 1.0, NormAxes.perOutputUnit());
    }

    /**
     * Interval for the norm over the given axes.
     *
     * @param min smallest norm, in [0, max]
     * @param max largest norm
     * @param rate fraction of the correction made by one application, in (0, 1]
     * @throws IllegalArgumentException naming the value that is out of range
     */
    @JsonCreator
    public MinMaxNorm(
            @JsonProperty("min") double min,
            @JsonProperty("max") double max,
            @JsonProperty("rate") double rate,
            @JsonProperty("axes") NormAxes axes) {
        super(axes, NormSpec.DEFAULT_EPS);
        if (!(min >= 0 && min <= max && max > 0)) {
            throw new IllegalArgumentException(
                    String.format(
                            "MinMaxNorm: min = %s, max = %s; must be 0 <= min <= max, max > 0",
                            min, max));
        }
        if (!(rate > 0 && rate <= 1)) {
            throw new IllegalArgumentException(
                    "MinMaxNorm: rate = " + rate + ", must be in (0, 1]");
        }
        this.min = min;
        this.max = max;
        this.rate = rate;
    }

    /** Smallest norm. */
    public double min() {
        return min;
    }

    /** Largest norm. */
    public double max() {
        return max;
    }

    /** Fraction of the correction made by one application. */
    public double rate() {
        return rate;
    }

    @Override
    protected double desired(double norm) {
        return rate * Math.max(min, Math.min(norm, max)) + (1 - rate) * norm;
    }

    @Override
    public boolean equals(Object o) {
        return super.equals(o)
                && min == ((MinMaxNorm) o).min
                && max == ((MinMaxNorm) o).max
                && rate == ((MinMaxNorm) o).rate;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), min, max, rate);
    }

    @Override
    public String toString() {
        return "MinMaxNorm(" + min + ", " + max + ", rate " + rate + ", axes " + axes() + ")";
    }
}
