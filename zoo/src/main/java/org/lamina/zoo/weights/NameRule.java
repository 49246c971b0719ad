package org.lamina.zoo.weights;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A rule of a {@link NameMap}, which documents the fields. */
record NameRule(
        String parameter,
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> name,
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> copies,
        String module,
        List<String> shape,
        List<String> view,
        int[] axes,
        Double factor,
        Double value) {

    private static final Pattern NUMBER = Pattern.compile("#");

    /** This rule of a module, with the names of the rule that refers to the module as prefixes. */
    NameRule in(String layer, List<String> modules) {
        return new NameRule(
                join(layer, parameter),
                joined(modules, name),
                joined(modules, copies),
                null,
                shape,
                view,
                axes,
                factor,
                value);
    }

    private static List<String> joined(List<String> modules, List<String> names) {
        if (names == null) {
            return null;
        }
        return modules.stream()
                .flatMap(module -> names.stream().map(name -> join(module, name)))
                .toList();
    }

    private static String join(String first, String second) {
        return first.isEmpty() ? second : first + "." + second;
    }

    /** This rule with other names in the source. */
    NameRule renamed(UnaryOperator<String> names) {
        return new NameRule(
                parameter,
                name == null ? null : name.stream().map(names).toList(),
                copies == null ? null : copies.stream().map(names).toList(),
                null,
                shape,
                view,
                axes,
                factor,
                value);
    }

    void check(String source) {
        if (parameter == null || (name == null && value == null)) {
            throw new WeightsException(
                    "%s: the rule for %s needs a parameter, and a name or a value",
                    source, parameter == null ? name : parameter);
        }
    }

    /**
     * Matches the names of the parameters to which the rule applies; its groups are the numbers.
     */
    Pattern pattern() {
        return Pattern.compile(
                NUMBER.matcher("\\Q" + parameter + "\\E")
                        .replaceAll(Matcher.quoteReplacement("\\E(\\d+)\\Q")));
    }

    /**
     * The mapping of a parameter by this rule.
     *
     * @param match of the {@link #pattern}
     * @param target shape of the parameter
     * @param shapes of all parameters of the network
     * @param offset what is added to numbers
     */
    Mapping mapping(Matcher match, long[] target, Map<String, long[]> shapes, int offset) {
        List<String> names = null;
        if (name != null) {
            names = name.stream().map(n -> numbered(n, match, offset)).toList();
            if (value != null) {
                return Mapping.constant(names, value);
            }
        }
        long[] stored = sizes(shape, match, target, shapes);
        long[] seen = sizes(view, match, target, shapes);
        if (stored == null) {
            stored = axes == null || seen != null ? target : Mapping.unpermuted(target, axes);
        }
        return new Mapping(
                match.group(),
                names,
                copies == null
                        ? List.of()
                        : copies.stream().map(n -> numbered(n, match, offset)).toList(),
                stored,
                seen == null ? stored : seen,
                axes,
                target,
                factor == null ? 1 : factor,
                value);
    }

    private static String numbered(String template, Matcher match, int offset) {
        int[] group = {0};
        return NUMBER.matcher(template)
                .replaceAll(
                        m -> {
                            group[0]++;
                            return Long.toString(Long.parseLong(match.group(group[0])) + offset);
                        });
    }

    private static long[] sizes(
            List<String> given, Matcher match, long[] target, Map<String, long[]> shapes) {
        if (given == null) {
            return null;
        }
        long[] sizes = new long[given.size()];
        int rest = -1;
        long product = 1;
        for (int d = 0; d < sizes.length; d++) {
            String size = given.get(d);
            if (size.equals("*")) {
                rest = d;
                continue;
            }
            sizes[d] =
                    size.endsWith("]") ? size(size, match, target, shapes) : Long.parseLong(size);
            product *= sizes[d];
        }
        if (rest >= 0) {
            long length = 1;
            for (long size : target) {
                length *= size;
            }
            sizes[rest] = product == 0 ? 0 : length / product;
        }
        return sizes;
    }

    private static long size(
            String size, Matcher match, long[] target, Map<String, long[]> shapes) {
        int bracket = size.indexOf('[');
        int axis = Integer.parseInt(size.substring(bracket + 1, size.length() - 1));
        String other = numbered(size.substring(0, bracket), match, 0);
        long[] shape = other.isEmpty() ? target : shapes.get(other);
        if (shape == null || axis >= shape.length) {
            throw new WeightsException(
                    "The map of %s refers to axis %s of '%s', which the network does not have",
                    match.group(), axis, other.isEmpty() ? match.group() : other);
        }
        return shape[axis];
    }
}
