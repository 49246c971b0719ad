package org.lamina.spec;

import java.util.Arrays;
import org.deeplearning4j.nn.weights.IWeightInit;

/**
 * One parameter of a layer, as both forms of the layer store it.
 *
 * @param name key in the parameter table
 * @param shape shape as stored
 * @param order element order of the flattened parameter: 'c' or 'f' (dense weights, as in DL4J)
 * @param role what the parameter is for
 * @param initial initial value of every element, for roles that neither the layer's weight
 *     initialization nor its bias init covers
 * @param outputAxes axes that index output units; a norm per output unit is taken over the other
 *     axes; null if there are none
 * @param fanIn number of inputs of one output unit, for weight initialization
 * @param fanOut number of outputs that one input reaches, for weight initialization
 * @param norm constraint that the layer imposes on the parameter
 * @param init initialization in place of the layer's weight initialization or bias init, or null
 * @param unitView another shape of the parameter, or null: one whose axes index output units where
 *     those of {@code shape} do not (a transposed convolution with groups), or the original's, with
 *     axes of size 1 that are omitted here (a gain)
 */
public record ParamSpec(
        String name,
        long[] shape,
        char order,
        Role role,
        double initial,
        int[] outputAxes,
        double fanIn,
        double fanOut,
        NormSpec norm,
        IWeightInit init,
        UnitView unitView) {

    /**
     * Another shape of the same elements, in the same order.
     *
     * @param shape the shape
     * @param outputAxes its axes that index output units
     */
    public record UnitView(long[] shape, int... outputAxes) {}

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
        /** Trained factor, initially 1 unless the layer says otherwise. */
        GAIN,
        /** Trained offset, initially 0. */
        SHIFT,
        /** Running mean, not trained; initially 0. */
        RUNNING_MEAN,
        /** Running variance, not trained; initially 1. */
        RUNNING_VARIANCE;

        private double initial() {
            return this == GAIN || this == RUNNING_VARIANCE ? 1 : 0;
        }

        /** Whether an updater changes the parameter. */
        public boolean trained() {
            return this != RUNNING_MEAN && this != RUNNING_VARIANCE;
        }
    }

    /** A weight. */
    static ParamSpec weight(
            String name,
            long[] shape,
            char order,
            int[] outputAxes,
            double fanIn,
            double fanOut,
            NormSpec norm) {
        return new ParamSpec(
                name,
                shape,
                order,
                Role.WEIGHT,
                Double.NaN,
                outputAxes,
                fanIn,
                fanOut,
                norm,
                null,
                null);
    }

    /** A vector with one element for each output unit. */
    static ParamSpec vector(String name, long size, Role role) {
        return vector(name, size, role, role.initial());
    }

    /** A vector with one element for each output unit, all with this initial value. */
    static ParamSpec vector(String name, long size, Role role, double initial) {
        return new ParamSpec(
                name,
                new long[] {size},
                'c',
                role,
                initial,
                new int[] {0},
                size,
                size,
                NormSpec.none(),
                null,
                null);
    }

    /**
     * A gain {@code [size]} of standardized weights, which PyTorch stores as {@code [size, 1,
     * ...]}.
     *
     * @param weightRank number of the weights' axes
     */
    static ParamSpec gain(String name, long size, int weightRank) {
        long[] original = new long[weightRank];
        Arrays.fill(original, 1);
        original[0] = size;
        return vector(name, size, Role.GAIN).with(null, new UnitView(original, 0));
    }

    /** The same parameter with another initialization and another view, either of them null. */
    ParamSpec with(IWeightInit newInit, UnitView newView) {
        return new ParamSpec(
                name,
                shape,
                order,
                role,
                initial,
                outputAxes,
                fanIn,
                fanOut,
                norm,
                newInit,
                newView);
    }

    /** The parameter in a shape whose axes index its output units. */
    public UnitView units() {
        return unitView == null ? new UnitView(shape, outputAxes) : unitView;
    }

    /** Whether this is a weight. */
    public boolean weight() {
        return role == Role.WEIGHT;
    }

    /** Whether the layer's bias init gives the initial values. */
    public boolean bias() {
        return role == Role.BIAS;
    }

    /** Number of elements. */
    public long length() {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }
}
