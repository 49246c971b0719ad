package org.lamina.constraints;

import org.lamina.spec.NormAxes;
import org.lamina.spec.NormSpec;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Scales every norm to 1; slices of zeros stay zero. */
public final class UnitNorm extends NormConstraint {

    /** Unit norm of each output unit's incoming weights. */
    public UnitNorm() {
        this(NormAxes.perOutputUnit());
    }

    /** Unit norm over the given axes. */
    @JsonCreator
    public UnitNorm(@JsonProperty("axes") NormAxes axes) {
        super(axes, NormSpec.DEFAULT_EPS);
    }

    @Override
    protected double desired(double norm) {
        return 1;
    }

    @Override
    public String toString() {
        return "UnitNorm(axes " + axes() + ")";
    }
}
