package org.lamina.spec;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.nd4j.linalg.activations.IActivation;

/**
 * Validation shared by the specifications; messages name the field, its value and what is allowed.
 */
public final class Checks {

    private Checks() {}

    /**
     * Checks a value.
     *
     * @param value number, object or array of numbers
     * @param allowed what is allowed, for the message
     */
    static void require(boolean fits, String field, Object value, String allowed) {
        if (!fits) {
            throw new IllegalArgumentException(field + " = " + text(value) + "; " + allowed);
        }
    }

    private static String text(Object value) {
        String inBrackets = Arrays.deepToString(new Object[] {value});
        return inBrackets.substring(1, inBrackets.length() - 1);
    }

    /** One number for each dimension, from one each or one for all. */
    static int[] perDimension(String field, int[] values, int rank, int lowest) {
        count(field, values, values == null ? 0 : values.length, rank);
        int[] result = new int[rank];
        for (int d = 0; d < rank; d++) {
            result[d] = values[values.length == 1 ? 0 : d];
            if (result[d] < lowest) {
                require(false, field, values, "each must be " + lowest + " or greater");
            }
        }
        return result;
    }

    /** Checks that an array has one number for each dimension, or one for all. */
    static void count(String field, Object values, int count, int rank) {
        if (count != 1 && count != rank) {
            String perDimension = rank > 1 ? " or " + rank + ", one per spatial dimension" : "";
            require(false, field, values, "give one number" + perDimension);
        }
    }

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
        if (!mayBeUnknown || channels != 0) {
            require(channels >= 1, field, channels, "must be 1 or greater");
            require(channels % by == 0, field, channels, "must be a multiple of groups = " + by);
        }
    }

    static void finite(String field, double value) {
        require(Double.isFinite(value), field, value, "must be a finite number");
    }

    static void present(String field, IActivation value) {
        require(value != null, field, value, "must be an activation function");
    }

    static void gate(IActivation gate, double scale) {
        present("gate", gate);
        boolean fits = Double.isFinite(scale) && scale != 0;
        require(fits, "scale", scale, "must be a finite number other than 0");
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
            require(false, field, null, "allowed are " + names(type));
        }
        return value;
    }

    /** The constant with this name, ignoring case. */
    public static <E extends Enum<E>> E named(String field, String name, Class<E> type) {
        String quoted = name == null ? null : "'" + name + "'";
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        field + " = " + quoted + "; allowed are " + names(type)));
    }

    private static String names(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> "'" + constant.name().toLowerCase(Locale.ROOT) + "'")
                .collect(Collectors.joining(", "));
    }
}
