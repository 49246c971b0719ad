package org.lamina.optimize;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.constraints.Slices;
import org.lamina.optimize.AdaptiveGradientClipping.Rule;
import org.lamina.spec.NormAxes;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Divides a flattened parameter into units, each with its own norm, by a {@link Rule}.
 *
 * @param shape shape of the parameter
 * @param order order of its elements
 * @param normAxes axes that a unit extends along
 */
record ParameterUnits(long[] shape, char order, int[] normAxes) implements Serializable {

    /** A parameter of one of this project's layers. */
    static ParameterUnits of(ParamSpec param, Rule rule) {
        ParamSpec.UnitView view = param.units();
        if (rule.isWhole(view.shape())) {
            return whole(param.length());
        }
        return rule == Rule.TIMM && param.weight()
                ? along(param.shape(), param.order(), torchFirstAxis(param))
                : along(view.shape(), param.order(), view.outputAxes());
    }

    /**
     * Weights have PyTorch's layout, except those of fully connected layers, [in, out] in 'f'
     * order.
     */
    private static int torchFirstAxis(ParamSpec weight) {
        return weight.order() == 'f' ? 1 : 0;
    }

    /** One unit for each index along these axes. */
    private static ParameterUnits along(long[] shape, char order, int... units) {
        int[] others =
                IntStream.range(0, shape.length)
                        .filter(axis -> IntStream.of(units).noneMatch(unit -> unit == axis))
                        .toArray();
        return new ParameterUnits(shape, order, others);
    }

    /** A weight of any other layer, in the layout of its parameter initializer. */
    static ParameterUnits ofWeight(Layer layer, String name, INDArray param, Rule rule) {
        if (rule.isWhole(param.shape())) {
            return whole(param.length());
        }
        if (rule == Rule.TIMM && layer instanceof Deconvolution3D) {
            return along(param.shape(), param.ordering(), 4); // [kD, kH, kW, out, in]
        }
        if (rule == Rule.TIMM && layer instanceof Deconvolution2D) {
            return along(param.shape(), param.ordering(), 0); // [in, out, kH, kW]
        }
        Slices slices = Slices.of(NormAxes.perOutputUnit(), layer, name, param.shape());
        INDArray view = slices.view(param);
        return new ParameterUnits(view.shape(), view.ordering(), slices.axes());
    }

    /** A vector. */
    static ParameterUnits whole(long length) {
        return new ParameterUnits(new long[] {length}, 'c', new int[] {0});
    }

    /** Number of elements. */
    long length() {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    /** The units of a flattened array, sharing its memory. */
    UnitNorms units(INDArray flattened) {
        int length = lengthIfInSequence();
        return length > 0
                ? UnitNorms.ofVector(flattened, length)
                : UnitNorms.of(flattened.reshape(order, true, shape), normAxes);
    }

    /** Length of a unit if units are contiguous in the flattened array, else 0. */
    private int lengthIfInSequence() {
        long length = 1;
        for (int i = 0; i < normAxes.length; i++) {
            int fastest = order == 'c' ? shape.length - 1 - i : i;
            if (IntStream.of(normAxes).noneMatch(axis -> axis == fastest)) {
                return 0;
            }
            length *= shape[fastest];
        }
        return Math.toIntExact(length);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ParameterUnits other
                && Arrays.equals(shape, other.shape)
                && order == other.order
                && Arrays.equals(normAxes, other.normAxes);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(shape) + Arrays.hashCode(normAxes);
    }

    @Override
    public String toString() {
        return Arrays.toString(shape) + " over axes " + Arrays.toString(normAxes);
    }
}
