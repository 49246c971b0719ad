package org.lamina.spec;

import java.util.Arrays;

/**
 * One parameter of a layer, as both forms of the layer store it.
 *
 * @param name key in the parameter table
 * @param shape shape as stored
 * @param order element order of the flattened parameter: 'c' or 'f' (dense weights, as DL4J has
 *     them)
 * @param role what the parameter is for
 * @param outputAxes axes that count output units; a norm per output unit is taken over the others
 * @param fanIn number of inputs of one output unit, for weight initialization
 * @param fanOut number of outputs that one input reaches, for weight initialization
 * @param norm constraint that the layer keeps the parameter under
 */
public record ParamSpec(
        String name,
        long[] shape,
        char order,
        Role role,
        int[] outputAxes,
        double fanIn,
        double fanOut,
        NormSpec norm) {

    /** Key of a layer's weight. */
    public static final String WEIGHT = "W";

    /** Key of a layer's bias. */
    public static final String BIAS = "b";

    /** What a parameter is for. */
    public enum Role {
        /** Trained, regularized, set by the layer's weight initialization. */
        WEIGHT,
        /** Trained, set to the layer's bias init. */
        BIAS,
        /** Trained factor, initially 1. */
        GAIN,
        /** Trained summand, initially 0. */
        SHIFT,
        /** Running mean, not trained; initially 0. */
        RUNNING_MEAN,
        /** Running variance, not trained; initially 1. */
        RUNNING_VARIANCE;

        /** Whether an updater changes the parameter. */
        public boolean trained() {
            return this != RUNNING_MEAN && this != RUNNING_VARIANCE;
        }
    }

    /** A vector with one element for each output unit. */
    static ParamSpec vector(String name, long size, Role role) {
        return new ParamSpec(
                name, new long[] {size}, 'c', role, new int[] {0}, size, size, NormSpec.none());
    }

    /** Whether this is a weight. */
    public boolean weight() {
        return role == Role.WEIGHT;
    }

    /** Number of elements. */
    public long length() {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }
}
