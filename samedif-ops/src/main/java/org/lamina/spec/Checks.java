package org.lamina.spec;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.nd4j.linalg.activations.IActivation;

/** Validation shared by the specifications. */
public final class Checks {

    private Checks() {}

    static void channels(long channels) {
        divisible("nIn (channels)", channels, 1, true);
    }

    /**
     * Checks a number of channels.
     *
     * @param field its name, for the message
     * @param by what it must be a multiple of
     * @param mayBeUnknown whether 0 (not yet known) is allowed
     */
    public static void divisible(String field, long channels, long by, boolean mayBeUnknown) {
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

    static void finite(String field, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(field + " = " + value + "; must be a finite number");
        }
    }

    static void present(String field, IActivation value) {
        if (value == null) {
            throw new IllegalArgumentException(field + " = null; must be an activation function");
        }
    }

    static void gate(IActivation gate, double scale) {
        present("gate", gate);
        if (!Double.isFinite(scale) || scale == 0) {
            throw new IllegalArgumentException(
                    "scale = " + scale + "; must be a finite number other than 0");
        }
    }

    static void axesBelow(NormSpec norm, int rank) {
        int[] axes = norm.axes().axes();
        if (axes != null && axes[axes.length - 1] >= rank) {
            throw new IllegalArgumentException(
                    String.format(
                            "norm axes = %s; the weight has %s dimensions, axes are 0 to %s",
                            Arrays.toString(axes), rank, rank - 1));
        }
    }

    /** Returns the value, which must not be null. */
    public static <E extends Enum<E>> E given(String field, E value, Class<E> type) {
        if (value == null) {
            throw new IllegalArgumentException(field + " = null; allowed are " + names(type));
        }
        return value;
    }

    /** The constant with this name, ignoring case. */
    public static <E extends Enum<E>> E named(String field, String name, Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        String.format(
                                                "%s = %s; allowed are %s",
                                                field,
                                                name == null ? null : "'" + name + "'",
                                                names(type))));
    }

    private static String names(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> "'" + constant.name().toLowerCase(Locale.ROOT) + "'")
                .collect(Collectors.joining(", "));
    }
}
