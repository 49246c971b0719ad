package org.lamina.spec;

import java.io.Serializable;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** How a wrapper standardizes the weights of the convolution layer that it wraps. Immutable. */
public final class FWSSpec implements Serializable {

    /** Key of the gain in the wrapper's parameters. */
    public static final String GAIN = WSConvSpec.GAIN;

    private static final long serialVersionUID = 1L;

    private final WeightStandardization standardization;
    private final boolean learnableGain;
    private final boolean constEval;
    private final boolean differentiable;

    /**
     * Creates the specification.
     *
     * @param standardization the formula
     * @param learnableGain whether the gain learns where gradients reach it
     * @param constEval whether evaluation uses the stored weights as they are
     * @param differentiable whether the stored weights stay raw and gradients flow through the
     *     standardization; else the standardized weights replace the stored ones
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public FWSSpec(
            @JsonProperty("standardization") WeightStandardization standardization,
            @JsonProperty("learnableGain") boolean learnableGain,
            @JsonProperty("constEval") boolean constEval,
            @JsonProperty("differentiable") boolean differentiable) {
        this.standardization = Objects.requireNonNull(standardization, "standardization");
        this.learnableGain = learnableGain;
        this.constEval = constEval;
        this.differentiable = differentiable;
    }

    /** The formula. */
    @JsonProperty("standardization")
    public WeightStandardization standardization() {
        return standardization;
    }

    /** Whether the gain learns where gradients reach it. */
    @JsonProperty("learnableGain")
    public boolean learnableGain() {
        return learnableGain;
    }

    /** Whether evaluation uses the stored weights as they are. */
    @JsonProperty("constEval")
    public boolean constEval() {
        return constEval;
    }

    /** Whether the stored weights stay raw and gradients flow through the standardization. */
    @JsonProperty("differentiable")
    public boolean differentiable() {
        return differentiable;
    }

    /** Whether the gain learns: no gradient reaches it unless the wrapper is differentiable. */
    public boolean gainLearns() {
        return learnableGain && differentiable;
    }

    @Override
    public boolean equals(Object o) {
        if (!(o instanceof FWSSpec)) {
            return false;
        }
        FWSSpec other = (FWSSpec) o;
        return standardization.equals(other.standardization)
                && learnableGain == other.learnableGain
                && constEval == other.constEval
                && differentiable == other.differentiable;
    }

    @Override
    public int hashCode() {
        return Objects.hash(standardization, learnableGain, constEval, differentiable);
    }

    @Override
    public String toString() {
        return standardization
                + ", learnable gain "
                + learnableGain
                + ", constant in evaluation "
                + constEval
                + ", differentiable "
                + differentiable;
    }
}
