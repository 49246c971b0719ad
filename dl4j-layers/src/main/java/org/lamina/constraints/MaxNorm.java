package org.lamina.constraints;

import java.util.Objects;
import org.lamina.spec.NormAxes;
import org.lamina.spec.NormSpec;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Scales norms above a maximum down to it: {@code desired = min(norm, max)}. */
public final class MaxNorm extends NormConstraint {

    @JsonProperty("max")
    private final double max;

    /**
     * Maximum norm of each output unit's incoming weights.
     *
     * @param max largest norm, greater than 0
     * @throws IllegalArgumentException if max is not greater than 0
     */
    public MaxNorm(double max) {
        this(max, NormAxes.perOutputUnit());
    }

    /**
     * Maximum norm over the given axes.
     *
     * @param max largest norm, greater than 0
     * @throws IllegalArgumentException if max is not greater than 0
     */
    @JsonCreator
    public MaxNorm(@JsonProperty("max") double max, @JsonProperty("axes") NormAxes axes) {
        super(axes, NormSpec.DEFAULT_EPS);
        if (!(max > 0)) {
            throw new IllegalArgumentException(
                    "MaxNorm: max = " + max + ", must be greater than 0");
        }
        this.max = max;
    }

    /** Largest norm. */
    public double max() {
        return max;
    }

    @Override
    protected double desired(double norm) {
        return Math.min(norm, max);
    }

    @Override
    public boolean equals(Object o) {
        return super.equals(o) && max == ((MaxNorm) o).max;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), max);
    }

    @Override
    public String toString() {
        return "MaxNorm(" + max + ", axes " + axes() + ")";
    }
}
