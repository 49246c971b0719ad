package org.lamina.spec;

import java.io.Serializable;
import java.util.Arrays;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonIgnore;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The axes of a parameter over which a norm constraint takes the L2 norm.
 *
 * <p>Either {@link #perOutputUnit()}, which a constraint resolves from the layer it is attached to
 * (all incoming weights of one unit or filter), or {@link #of(int...)}: explicit axes of the
 * parameter as it is stored.
 */
public final class NormAxes implements Serializable {

    private static final NormAxes PER_OUTPUT_UNIT = new NormAxes(null);

    private final int[] axes;

    private NormAxes(int[] axes) {
        this.axes = axes;
    }

    /** The norm of each output unit's incoming weights, whatever the layer's layout. */
    public static NormAxes perOutputUnit() {
        return PER_OUTPUT_UNIT;
    }

    /**
     * Explicit axes of the parameter as stored.
     *
     * @param axes at least one axis, each 0 or greater, no axis twice
     * @throws IllegalArgumentException if an axis is negative or given twice, or none is given
     */
    public static NormAxes of(int... axes) {
        if (axes == null || axes.length == 0) {
            throw new IllegalArgumentException(
                    "Norm axes: none given; name at least one axis or use"
                            + " NormAxes.perOutputUnit()");
        }
        int[] sorted = axes.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
            if (sorted[i] < 0 || (i > 0 && sorted[i] == sorted[i - 1])) {
                throw new IllegalArgumentException(
                        "Norm axes "
                                + Arrays.toString(axes)
                                + ": each axis must be 0 or greater and occur once");
            }
        }
        return new NormAxes(sorted);
    }

    @JsonCreator
    static NormAxes fromJson(@JsonProperty("axes") int[] axes) {
        return axes == null ? PER_OUTPUT_UNIT : of(axes);
    }

    /** Whether the axes follow from the layer's layout. */
    @JsonIgnore
    public boolean isPerOutputUnit() {
        return axes == null;
    }

    /** The explicit axes in ascending order, or null for {@link #perOutputUnit()}. */
    @JsonProperty("axes")
    public int[] axes() {
        return axes == null ? null : axes.clone();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof NormAxes other && Arrays.equals(axes, other.axes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(axes);
    }

    @Override
    public String toString() {
        return axes == null ? "perOutputUnit" : Arrays.toString(axes);
    }
}
