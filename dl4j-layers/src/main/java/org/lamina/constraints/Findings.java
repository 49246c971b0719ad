package org.lamina.constraints;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.constraint.BaseConstraint;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.MinMaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.layers.Layer;

/** Findings of an audit without duplicates, in order. */
final class Findings {

    private final Set<ConstraintAudit.Finding> findings = new LinkedHashSet<>();

    List<ConstraintAudit.Finding> list() {
        return List.copyOf(findings);
    }

    /** Adds a finding about a constraint or a list of constraints. */
    void add(Layer layer, Object constraint, String problem, String remedy) {
        findings.add(
                new ConstraintAudit.Finding(
                        Slices.name(layer), describe(constraint), problem, remedy));
    }

    private static String describe(Object constraint) {
        if (constraint instanceof List) {
            return ((List<?>) constraint)
                    .stream().map(Findings::describe).collect(Collectors.joining(", "));
        }
        if (constraint instanceof MaxNormConstraint c) {
            return "MaxNormConstraint(" + c.getMaxNorm() + dimensions(c);
        }
        if (constraint instanceof MinMaxNormConstraint c) {
            return "MinMaxNormConstraint("
                    + c.getMin()
                    + ", "
                    + c.getMax()
                    + ", rate "
                    + c.getRate()
                    + dimensions(c);
        }
        if (constraint instanceof UnitNormConstraint) {
            return "UnitNormConstraint(" + dimensions((BaseConstraint) constraint).substring(2);
        }
        return constraint instanceof NormConstraint
                ? constraint.toString()
                : constraint.getClass().getSimpleName();
    }

    private static String dimensions(BaseConstraint constraint) {
        return ", dimensions " + Arrays.toString(constraint.getDimensions()) + ")";
    }
}
