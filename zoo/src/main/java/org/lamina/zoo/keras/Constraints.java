package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.lamina.constraints.MaxNorm;
import org.lamina.constraints.MinMaxNorm;
import org.lamina.constraints.NormConstraint;
import org.lamina.constraints.UnitNorm;
import org.lamina.spec.NormAxes;
import org.lamina.zoo.weights.WeightsException;

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
                                    "%s %s is not supported; allowed are MaxNorm, MinMaxNorm,"
                                            + " UnitNorm and NonNeg",
                                    argument, className);
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
                        "%s: axis = %s; the parameter has %s axes", argument, axis, marked.length);
            }
            marked[positive] = true;
        }
        int[] own = layout.ownAxes(marked, kerasShape);
        if (own == null) {
            throw config.refused(
                    "%s: axis = %s separates input channels from their filters, which are one axis"
                            + " here",
                    argument, config.get("axis"));
        }
        return NormAxes.of(own);
    }

    /**
     * Keras's constraint for one of a layer's on a parameter; null if there is none.
     *
     * @param outputAxis the parameter's axis of output units
     * @throws WeightsException if Keras has nothing for it
     */
    static ObjectNode write(
            String name, BaseLayer layer, String key, KernelLayout layout, int outputAxis) {
        List<LayerConstraint> all =
                layer.getConstraints() == null ? List.of() : layer.getConstraints();
        List<LayerConstraint> own =
                all.stream()
                        .filter(constraint -> targets(constraint, layer).contains(key))
                        .toList();
        if (own.isEmpty()) {
            return null;
        }
        LayerConstraint constraint = own.get(0);
        ObjectNode config = LayerWriter.arguments();
        String className = null;
        if (constraint instanceof MaxNorm norm) {
            className = "MaxNorm";
            config.put("max_value", norm.max());
        } else if (constraint instanceof MinMaxNorm norm) {
            className = "MinMaxNorm";
            config.put("min_value", norm.min()).put("max_value", norm.max());
            config.put("rate", norm.rate());
        } else if (constraint instanceof UnitNorm) {
            className = "UnitNorm";
        } else if (constraint instanceof NonNegativeConstraint) {
            className = "NonNeg";
        }
        if (className == null || own.size() > 1) {
            throw LayerWriter.unknown(name, own.get(own.size() - 1));
        }
        if (constraint instanceof NormConstraint norm) {
            config.set("axis", LayerWriter.list(axes(name, norm, layout, outputAxis)));
        }
        ObjectNode node = LayerWriter.arguments().put("module", "keras.constraints");
        node.put("class_name", className).set("config", config);
        return node.putNull("registered_name");
    }

    private static Collection<String> targets(LayerConstraint constraint, BaseLayer layer) {
        return constraint.getParams().isEmpty()
                ? layer.initializer().weightKeys(layer)
                : constraint.getParams();
    }

    private static int[] axes(
            String name, NormConstraint norm, KernelLayout layout, int outputAxis) {
        IntStream own = IntStream.range(0, layout.groups().length);
        if (!norm.axes().isPerOutputUnit()) {
            own = IntStream.of(norm.axes().axes());
        } else if (outputAxis >= 0) {
            own = own.filter(axis -> axis != outputAxis);
        } else {
            throw new WeightsException(
                    "layer \"" + name + "\": Keras has no norm of each bias by itself");
        }
        int[] axes = own.flatMap(axis -> IntStream.of(layout.kerasAxes(axis))).sorted().toArray();
        if (axes.length == 0) {
            throw new WeightsException(
                    "layer \"" + name + "\": Keras has no norm over the axes " + norm.axes());
        }
        return axes;
    }
}
