package org.lamina.zoo.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Range of a numeric switch, which must be finite; checked before the command runs. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface Limits {
    /** Exclusive. */
    double above() default Double.NEGATIVE_INFINITY;

    double from() default Double.NEGATIVE_INFINITY;

    /** Exclusive. */
    double below() default Double.POSITIVE_INFINITY;

    double to() default Double.POSITIVE_INFINITY;

    /** Compares the switches of a command with their limits. */
    final class Check {
        private Check() {}

        static void of(ParseResult command) {
            for (OptionSpec option : command.matchedOptions()) {
                if (option.userObject() instanceof AnnotatedElement field
                        && field.isAnnotationPresent(Limits.class)) {
                    Number value = option.getValue();
                    check(
                            option.longestName(),
                            value.doubleValue(),
                            field.getAnnotation(Limits.class));
                }
            }
        }

        private static void check(String option, double value, Limits limits) {
            if (Double.isFinite(value)
                    && value > limits.above()
                    && value >= limits.from()
                    && value < limits.below()
                    && value <= limits.to()) {
                return;
            }
            List<String> range = new ArrayList<>();
            add(range, "above %s", limits.above());
            add(range, "%s or more", limits.from());
            add(range, "below %s", limits.below());
            add(range, "at most %s", limits.to());
            throw new UsageException(
                    "%s %s: must be %s", option, Texts.number(value), String.join(" and ", range));
        }

        private static void add(List<String> range, String format, double limit) {
            if (Double.isFinite(limit)) {
                range.add(String.format(format, Texts.number(limit)));
            }
        }
    }
}
