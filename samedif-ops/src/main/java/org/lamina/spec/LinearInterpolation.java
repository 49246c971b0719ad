package org.lamina.spec;

/**
 * Linear interpolation along one dimension with aligned corners: the first and the last position of
 * the output are those of the input.
 *
 * <pre>
 * source(i) = i * (inputSize - 1) / (outputSize - 1),  0 for an output of one position
 * y[i]      = (1 - f) * x[lower] + f * x[lower + 1],   lower = floor(source(i)), f = source(i) - lower
 * </pre>
 *
 * @param inputSize number of positions of the input, 1 or greater
 * @param outputSize number of positions of the output, 1 or greater
 */
public record LinearInterpolation(long inputSize, long outputSize) {

    /** The input position at or before the source of an output position. */
    public long lower(long position) {
        return position == 0 ? 0 : position * (inputSize - 1) / (outputSize - 1);
    }

    /** The weight of the input position after {@link #lower}, in [0, 1). */
    public double fraction(long position) {
        return position == 0
                ? 0
                : (double) (position * (inputSize - 1) % (outputSize - 1)) / (outputSize - 1);
    }
}
