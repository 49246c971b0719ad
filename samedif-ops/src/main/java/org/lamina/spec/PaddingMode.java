package org.lamina.spec;

/** How padded positions are filled. */
public enum PaddingMode {
    /** Zero. */
    ZEROS,
    /** The input mirrored at its edge, the edge itself not repeated: {@code c b | a b c | b a}. */
    REFLECT,
    /** The edge value: {@code a a | a b c | c c}. */
    REPLICATE,
    /** The input repeated periodically: {@code b c | a b c | a b}. */
    CIRCULAR;

    /**
     * The index of the input element that a padded position repeats.
     *
     * @param position position relative to the input's first element; negative before it
     * @param size length of the input along this dimension
     * @return index into the input, or -1 for a zero
     */
    public long sourceOf(long position, long size) {
        if (position >= 0 && position < size) {
            return position;
        }
        return switch (this) {
            case ZEROS -> -1;
            case REFLECT -> position < 0 ? -position : 2 * (size - 1) - position;
            case REPLICATE -> position < 0 ? 0 : size - 1;
            case CIRCULAR -> Math.floorMod(position, size);
        };
    }

    /** The most positions that can be added on one side of an input of this length. */
    long limit(long size) {
        return switch (this) {
            case REFLECT -> size - 1;
            case CIRCULAR -> size;
            default -> Long.MAX_VALUE;
        };
    }
}
