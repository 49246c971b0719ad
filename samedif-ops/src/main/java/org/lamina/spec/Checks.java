package org.lamina.spec;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Validation shared by the specifications. */
final class Checks {

    private Checks() {}

    static void divisible(String field, long channels, long by, boolean mayBeUnknown) {
        if (mayBeUnknown && channels == 0) {
            return;
        }
        if (channels < 1) {
            throw new IllegalArgumentException(field + " = " + channels + "; must be 1 or greater");
        }
        if (channels % by != 0) {
            throw new IllegalArgumentException(
                    field + " = " + channels + "; must be a multiple of groups = " + by);
        }
    }

    static void axesBelow(NormSpec norm, int rank) {
        int[] axes = norm.axes().axes();
        if (axes != null && axes[axes.length - 1] >= rank) {
            throw new IllegalArgumentException(
                    "norm axes = "
                            + Arrays.toString(axes)
                            + "; the weight has "
                            + rank
                            + " dimensions, axes are 0 to "
                            + (rank - 1));
        }
    }

    static <E extends Enum<E>> E given(String field, E value, Class<E> type) {
        if (value == null) {
            throw new IllegalArgumentException(field + " = null; allowed are " + names(type));
        }
        return value;
    }

    /** The constant of this name, in any case. */
    static <E extends Enum<E>> E named(String field, String name, Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        field
                                                + " = "
                                                + (name == null ? null : "'" + name + "'")
                                                + "; allowed are "
                                                + names(type)));
    }

    private static String names(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> "'" + constant.name().toLowerCase(Locale.ROOT) + "'")
                .collect(Collectors.joining(", "));
    }
}
