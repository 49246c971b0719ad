package org.lamina.spec;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * How much a convolution pads its input, per spatial dimension and side.
 *
 * <ul>
 *   <li>{@link #same()}: output size = input size; total = dilation * (kernel - 1), of which {@code
 *       total / 2} come before the input and the rest after it (PyTorch's rule; an even kernel pads
 *       one more after). Stride must be 1.
 *   <li>{@link #valid()}: none.
 *   <li>{@link #causal()}: 1-D only; dilation * (kernel - 1), all of it before the input, so that
 *       no output depends on later input.
 *   <li>{@link #of(int...)}: the same number on both sides of a dimension; a single number applies
 *       to all dimensions.
 *   <li>{@link #perSide(int[], int[])}: explicit numbers for each side.
 * </ul>
 */
public final class Padding implements Serializable {

    /** The allowed values, for messages. */
    static final String ALLOWED = "'same', 'valid', 'causal' and numbers";

    /** The padding rule. */
    public enum Kind {
        SAME,
        VALID,
        CAUSAL,
        EXPLICIT
    }

    private final Kind kind;
    private final int[] before;
    private final int[] after;

    private Padding(Kind kind, int[] before, int[] after) {
        this.kind = kind;
        this.before = before;
        this.after = after;
    }

    /** Output size equals input size. */
    public static Padding same() {
        return new Padding(Kind.SAME, null, null);
    }

    /** No padding. */
    public static Padding valid() {
        return new Padding(Kind.VALID, null, null);
    }

    /** All padding before the input; 1-D only. */
    public static Padding causal() {
        return new Padding(Kind.CAUSAL, null, null);
    }

    /**
     * The same number on both sides.
     *
     * @param sizes one number for each spatial dimension, or one for all; each 0 or greater
     */
    public static Padding of(int... sizes) {
        return perSide(sizes, sizes);
    }

    /**
     * Explicit numbers for each side.
     *
     * @param before numbers before the input (left, top, front), one per dimension or one for all
     * @param after numbers after it
     */
    public static Padding perSide(int[] before, int[] after) {
        if (before == null || after == null) {
            throw new IllegalArgumentException("padding = null; allowed are " + ALLOWED);
        }
        if (before.length == 0 || before.length != after.length) {
            throw new IllegalArgumentException(
                    String.format(
                            "padding = %s before, %s after; give as many numbers for both sides, at"
                                    + " least one",
                            Arrays.toString(before), Arrays.toString(after)));
        }
        for (int i = 0; i < before.length; i++) {
            if (before[i] < 0 || after[i] < 0) {
                throw new IllegalArgumentException(
                        String.format(
                                "padding = %s before, %s after; each must be 0 or greater",
                                Arrays.toString(before), Arrays.toString(after)));
            }
        }
        return new Padding(Kind.EXPLICIT, before.clone(), after.clone());
    }

    /**
     * A padding by its name.
     *
     * @param name "same", "valid" or "causal", ignoring case
     * @throws IllegalArgumentException for any other name
     */
    public static Padding named(String name) {
        return switch (String.valueOf(name).toLowerCase(Locale.ROOT)) {
            case "same" -> same();
            case "valid" -> valid();
            case "causal" -> causal();
            default ->
                    throw new IllegalArgumentException(
                            String.format(
                                    "padding = %s; allowed are %s",
                                    name == null ? null : "'" + name + "'", ALLOWED));
        };
    }

    @JsonCreator
    static Padding fromJson(
            @JsonProperty("kind") Kind kind,
            @JsonProperty("before") int[] before,
            @JsonProperty("after") int[] after) {
        return kind == Kind.EXPLICIT ? perSide(before, after) : new Padding(kind, null, null);
    }

    /** The rule. */
    @JsonProperty("kind")
    public Kind kind() {
        return kind;
    }

    @JsonProperty("before")
    int[] before() {
        return before;
    }

    @JsonProperty("after")
    int[] after() {
        return after;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Padding other
                && kind == other.kind
                && Arrays.equals(before, other.before)
                && Arrays.equals(after, other.after);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, Arrays.hashCode(before), Arrays.hashCode(after));
    }

    @Override
    public String toString() {
        if (kind != Kind.EXPLICIT) {
            return kind.name().toLowerCase(Locale.ROOT);
        }
        return Arrays.equals(before, after)
                ? Arrays.toString(before)
                : Arrays.toString(before) + "/" + Arrays.toString(after);
    }
}
