package org.lamina.spec;

import java.util.Arrays;

/**
 * One parameter of a layer, as both forms of the layer store it.
 *
 * @param name key in the parameter table
 * @param shape shape as stored
 * @param order element order of the flattened parameter: 'c' or 'f' (dense weights, as DL4J has them)
 * @param weight whether it is a weight (regularized, constrained) or a bias
 * @param outputAxes axes that count output units; a norm per output unit is taken over the others
 * @param fanIn number of inputs of one output unit, for weight initialization
 * @param fanOut number of outputs that one input reaches, for weight initialization
 * @param norm constraint that the layer keeps the parameter under
 */
public record ParamSpec(
        String name,
        long[] shape,
        char order,
        boolean weight,
        int[] outputAxes,
        double fanIn,
        double fanOut,
        NormSpec norm) {

    /** Key of a layer's weight. */
    public static final String WEIGHT = "W";

    /** Key of a layer's bias. */
    public static final String BIAS = "b";

    /** A bias vector with one element per output unit, stored as DL4J does: shape {@code [size]}. */
    static ParamSpec bias(String name, long size) {
        return new ParamSpec(
                name, new long[] {size}, 'c', false, new int[] {0}, size, size, NormSpec.none());
    }

    /** Number of elements. */
    public long length() {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }
}
