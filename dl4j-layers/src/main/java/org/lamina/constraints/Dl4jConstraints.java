package org.lamina.constraints;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.constraint.BaseConstraint;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.MinMaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Replaces DL4J's norm constraints on one layer by Lamina's and reports why. */
final class Dl4jConstraints {

    private final Layer layer;
    private final Map<String, INDArray> params;
    private final Findings findings;

    private Dl4jConstraints(Layer layer, Map<String, INDArray> params, Findings findings) {
        this.layer = layer;
        this.params = params;
        this.findings = findings;
    }

    /** The layer's constraints, with those of DL4J replaced where they are wrong. */
    static List<LayerConstraint> replaced(
            Layer layer, Map<String, INDArray> params, Findings findings) {
        Dl4jConstraints replacing = new Dl4jConstraints(layer, params, findings);
        List<LayerConstraint> right = new ArrayList<>();
        for (LayerConstraint constraint : layer.getConstraints()) {
            if (constraint instanceof BaseConstraint
                    && !(constraint instanceof NonNegativeConstraint)) {
                right.addAll(replacing.replace((BaseConstraint) constraint));
            } else {
                right.add(constraint);
            }
        }
        return right;
    }

    private List<LayerConstraint> replace(BaseConstraint constraint) {
        NormConstraint formula;
        try {
            formula = formula(constraint);
        } catch (IllegalArgumentException e) {
            findings.add(layer, constraint, e.getMessage(), "Not changed: choose allowed values");
            return List.of(constraint);
        }
        if (formula == null) {
            findings.add(
                    layer,
                    constraint,
                    "BaseConstraint applies it twice in each update",
                    "Not changed: implement LayerConstraint directly");
            return List.of(constraint);
        }
        findings.add(
                layer,
                constraint,
                defect(constraint),
                "Replaced by " + formula.getClass().getSimpleName());

        Set<String> names = constraint.getParams();
        if (names == null || names.isEmpty()) {
            names = new LinkedHashSet<>(layer.initializer().weightKeys(layer));
            findings.add(
                    layer,
                    constraint,
                    "names no parameter, so that DL4J never applies it",
                    "Applied to the layer's weights " + names);
        }
        Map<NormAxes, Set<String>> byAxes = new LinkedHashMap<>();
        for (String name : names) {
            INDArray param = params.get(name);
            if (param == null) {
                findings.add(
                        layer,
                        constraint,
                        "names the parameter '" + name + "', the layer has " + params.keySet(),
                        "Not applied to it");
            } else {
                byAxes.computeIfAbsent(
                                axes(constraint, name, param.shape()),
                                axes -> new LinkedHashSet<>())
                        .add(name);
            }
        }
        List<LayerConstraint> replacements = new ArrayList<>();
        byAxes.forEach(
                (axes, group) -> {
                    NormConstraint replacement = formula.withAxes(axes);
                    replacement.setParams(group);
                    replacements.add(replacement);
                });
        return replacements;
    }

    private NormConstraint formula(BaseConstraint constraint) {
        NormConstraint formula = null;
        if (constraint instanceof MaxNormConstraint c) {
            formula = new MaxNorm(c.getMaxNorm());
        } else if (constraint instanceof MinMaxNormConstraint c) {
            formula = new MinMaxNorm(c.getMin(), c.getMax(), c.getRate(), NormAxes.perOutputUnit());
        } else if (constraint instanceof UnitNormConstraint) {
            formula = new UnitNorm();
        }
        boolean ownEps = constraint.getEpsilon() != BaseConstraint.DEFAULT_EPSILON;
        return formula != null && ownEps ? formula.withEps(constraint.getEpsilon()) : formula;
    }

    private String defect(BaseConstraint constraint) {
        if (constraint instanceof UnitNormConstraint) {
            return "DL4J divides by the norm, so a slice of zeros becomes NaN";
        }
        if (constraint instanceof MinMaxNormConstraint
                && ((MinMaxNormConstraint) constraint).getRate() != 1) {
            return "DL4J applies it twice in each update, and scales by rate * clip(norm) / norm +"
                    + " (1 - rate) * norm instead of rate * clip(norm) / norm + (1 - rate)";
        }
        return "DL4J applies it twice in each update and divides by norm + "
                + constraint.getEpsilon()
                + ", so that unclipped weights shrink in every update too";
    }

    /** The axes that a DL4J constraint should have for a parameter. */
    private NormAxes axes(BaseConstraint constraint, String name, long[] shape) {
        int[] given = given(constraint, shape.length);
        boolean fit =
                given.length > 0 && Arrays.stream(given).allMatch(a -> a >= 0 && a < shape.length);
        boolean perWord =
                (layer instanceof EmbeddingLayer || layer instanceof EmbeddingSequenceLayer)
                        && shape.length == 2
                        && Arrays.equals(given, new int[] {1});
        Slices right;
        try {
            right = Slices.of(NormAxes.perOutputUnit(), layer, name, shape);
        } catch (DL4JInvalidConfigException e) {
            findings.add(
                    layer,
                    constraint,
                    "parameter '" + name + "' " + Arrays.toString(shape) + " has no known layout",
                    fit
                            ? "Its dimensions are kept: verify them"
                            : "Its dimensions do not fit and are not changed: set"
                                    + " NormAxes.of(...)");
            return NormAxes.of(
                    given.length == 0 ? IntStream.range(0, shape.length).toArray() : given);
        }
        if (perWord) {
            return NormAxes.of(given);
        }
        if (!fit
                || right.reversed()
                || !Arrays.equals(beyondOne(given, shape), beyondOne(right.axes(), shape))) {
            findings.add(
                    layer,
                    constraint,
                    "for parameter '"
                            + name
                            + "' "
                            + Arrays.toString(shape)
                            + " the norm of each output unit is over "
                            + right
                            + (fit ? "" : "; the dimensions given do not fit this shape"),
                    "Replaced by the norm of each output unit; for another norm set"
                            + " NormAxes.of(...)");
        }
        return NormAxes.perOutputUnit();
    }

    private int[] given(BaseConstraint constraint, int rank) {
        int[] given = constraint.getDimensions();
        return given == null
                ? new int[0]
                : Arrays.stream(given).map(a -> a < 0 ? a + rank : a).distinct().sorted().toArray();
    }

    /** Axes of size 1 make no difference to a norm. */
    private int[] beyondOne(int[] axes, long[] shape) {
        return Arrays.stream(axes).filter(axis -> shape[axis] > 1).toArray();
    }
}
