package org.lamina.constraints;

import java.util.Arrays;
import java.util.Objects;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Initializes weights with another {@link IWeightInit} and projects them with a norm constraint, so
 * that the first forward pass already uses weights that satisfy it. DL4J itself applies constraints
 * after updates only.
 *
 * <p>{@link ConstraintAudit#corrected()} puts it into a configuration wherever it is missing. For
 * several constraints of one layer, wrap repeatedly.
 */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.NONE,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE,
        setterVisibility = JsonAutoDetect.Visibility.NONE)
public final class ProjectedWeightInit implements IWeightInit {

    @JsonProperty("init")
    private final IWeightInit init;

    @JsonProperty("constraint")
    private final NormConstraint constraint;

    @JsonProperty("slices")
    private final Slices slices;

    /** Projects weights of this shape only; null: any. */
    @JsonProperty("shape")
    private final long[] shape;

    /**
     * Projects all weights that this initializes.
     *
     * @param init produces the values
     * @param constraint projects them; with explicit axes, because weight initialization does not
     *     know the layer (for {@link NormAxes#perOutputUnit()} use {@link ConstraintAudit})
     * @throws IllegalArgumentException if the constraint's axes are not explicit
     */
    public ProjectedWeightInit(IWeightInit init, NormConstraint constraint) {
        this(init, constraint, new Slices(explicit(constraint), false), null);
    }

    @JsonCreator
    ProjectedWeightInit(
            @JsonProperty("init") IWeightInit init,
            @JsonProperty("constraint") NormConstraint constraint,
            @JsonProperty("slices") Slices slices,
            @JsonProperty("shape") long[] shape) {
        this.init = Objects.requireNonNull(init, "init");
        this.constraint = constraint.bare();
        this.slices = Objects.requireNonNull(slices, "slices");
        this.shape = shape == null ? null : shape.clone();
    }

    private static int[] explicit(NormConstraint constraint) {
        if (constraint.axes().isPerOutputUnit()) {
            throw new IllegalArgumentException(
                    String.format(
                            "ProjectedWeightInit: %s needs a layer to find output units; give"
                                    + " NormAxes.of(...) or use"
                                    + " ConstraintAudit.of(configuration).corrected()",
                            constraint));
        }
        return constraint.axes().axes();
    }

    /** Whether this projects these slices of weights of a shape with a constraint. */
    boolean covers(NormConstraint constraint, Slices slices, long[] shape) {
        boolean here =
                this.constraint.equals(constraint.bare())
                        && this.slices.equals(slices)
                        && (this.shape == null || Arrays.equals(this.shape, shape));
        return here
                || init instanceof ProjectedWeightInit
                        && ((ProjectedWeightInit) init).covers(constraint, slices, shape);
    }

    @Override
    public INDArray init(
            double fanIn, double fanOut, long[] shape, char order, INDArray paramView) {
        INDArray weights = init.init(fanIn, fanOut, shape, order, paramView);
        if (this.shape == null || Arrays.equals(this.shape, shape)) {
            constraint.project(weights, slices);
        }
        return weights;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ProjectedWeightInit other
                && init.equals(other.init)
                && constraint.equals(other.constraint)
                && slices.equals(other.slices)
                && Arrays.equals(shape, other.shape);
    }

    @Override
    public int hashCode() {
        return Objects.hash(init, constraint, slices, Arrays.hashCode(shape));
    }

    @Override
    public String toString() {
        return "ProjectedWeightInit("
                + init
                + ", "
                + constraint.getClass().getSimpleName()
                + " over "
                + slices
                + ")";
    }
}
