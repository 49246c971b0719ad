package org.lamina.spec;

import java.io.Serializable;
import java.util.Objects;

/**
 * How a wrapper standardizes the weights of the convolution layer that it wraps. Immutable.
 *
 * @param standardization the formula
 * @param learnableGain whether the gain is trained if gradients reach it
 * @param constEval whether evaluation uses the stored weights as they are
 * @param differentiable whether the stored weights stay raw and gradients flow through the
 *     standardization; otherwise the standardized weights replace the stored ones
 */
public record FWSSpec(
        WeightStandardization standardization,
        boolean learnableGain,
        boolean constEval,
        boolean differentiable)
        implements Serializable {

    /** Key of the gain in the wrapper's parameters. */
    public static final String GAIN = WSConvSpec.GAIN;

    public FWSSpec {
        Objects.requireNonNull(standardization, "standardization");
    }

    /** Whether the gain is trained: gradients reach it only if the wrapper is differentiable. */
    public boolean gainLearns() {
        return learnableGain && differentiable;
    }
}
