package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.lamina.constraints.MaxNorm;
import org.lamina.constraints.MinMaxNorm;
import org.lamina.constraints.UnitNorm;
import org.lamina.spec.NormAxes;

/** Keras's constraints on a parameter. */
final class Constraints {

    /** Keras's epsilon in the denominator. */
    private static final double EPS = 1e-7;

    private Constraints() {}

    /**
     * The constraint that an argument gives; null if there is none.
     *
     * @param parameter its name here
     * @param kerasShape of the parameter in Keras
     */
    static LayerConstraint read(
            LayerConfig layer,
            String argument,
            String parameter,
            KernelLayout layout,
            long[] kerasShape) {
        JsonNode value = layer.get(argument);
        if (value == null) {
            return null;
        }
        String className =
                value.isTextual() ? value.asText() : value.path("class_name").asText("?");
        LayerConfig config = new LayerConfig(layer.name(), layer.className(), value.path("config"));
        LayerConstraint constraint =
                switch (className) {
                    case "MaxNorm", "max_norm", "maxnorm" ->
                            new MaxNorm(
                                            config.number("max_value", 2),
                                            axes(config, argument, layout, kerasShape))
                                    .withEps(EPS)
                                    .withParams(parameter);
                    case "MinMaxNorm", "min_max_norm" ->
                            new MinMaxNorm(
                                            config.number("min_value", 0),
                                            config.number("max_value", 1),
                                            config.number("rate", 1),
                                            axes(config, argument, layout, kerasShape))
                                    .withEps(EPS)
                                    .withParams(parameter);
                    case "UnitNorm", "unit_norm" ->
                            new UnitNorm(axes(config, argument, layout, kerasShape))
                                    .withEps(EPS)
                                    .withParams(parameter);
                    case "NonNeg", "non_neg", "nonneg" -> nonNegative(parameter);
                    default ->
                            throw layer.refused(
                                    argument
                                            + " "
                                            + className
                                            + " is not supported; allowed are MaxNorm, MinMaxNorm,"
                                            + " UnitNorm and NonNeg");
                };
        config.check();
        return constraint;
    }

    private static LayerConstraint nonNegative(String parameter) {
        NonNegativeConstraint constraint = new NonNegativeConstraint();
        constraint.setParams(Set.of(parameter));
        return constraint;
    }

    private static NormAxes axes(
            LayerConfig config, String argument, KernelLayout layout, long[] kerasShape) {
        int[] given = config.integers("axis", -1);
        boolean[] marked = new boolean[kerasShape.length];
        for (int axis : given == null ? new int[] {0} : given) {
            int positive = axis < 0 ? axis + marked.length : axis;
            if (positive < 0 || positive >= marked.length) {
                throw config.refused(
                        argument
                                + ": axis = "
                                + axis
                                + "; the parameter has "
                                + marked.length
                                + " axes");
            }
            marked[positive] = true;
        }
        int[] own = layout.ownAxes(marked, kerasShape);
        if (own == null) {
            throw config.refused(
                    argument
                            + ": axis = "
                            + config.get("axis")
                            + " separates input channels from their filters, which are one axis"
                            + " here");
        }
        return NormAxes.of(own);
    }
}
