package org.lamina.optimize;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.constraints.Slices;
import org.lamina.spec.NormAxes;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * How a flattened parameter falls into units, each with a norm of its own: vectors as a whole,
 * everything else by output unit.
 */
final class ParameterUnits implements Serializable {

    private static final long serialVersionUID = 1L;

    private final long[] shape;
    private final char order;
    private final int[] normAxes;

    @JsonCreator
    private ParameterUnits(
            @JsonProperty("shape") long[] shape,
            @JsonProperty("order") char order,
            @JsonProperty("normAxes") int[] normAxes) {
        this.shape = shape;
        this.order = order;
        this.normAxes = normAxes;
    }

    /** A parameter of one of this project's layers. */
    static ParameterUnits of(ParamSpec param) {
        long[] shape = param.shape();
        int[] axes = IntStream.range(0, shape.length).toArray();
        return new ParameterUnits(
                shape, param.order(), shape.length < 2 ? axes : without(axes, param.outputAxes()));
    }

    private static int[] without(int[] axes, int[] units) {
        return IntStream.of(axes)
                .filter(axis -> IntStream.of(units).noneMatch(unit -> unit == axis))
                .toArray();
    }

    /** A weight of any other layer, as its parameter initializer lays it out. */
    static ParameterUnits ofWeight(Layer layer, String name, INDArray param) {
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
    Units units(INDArray flattened) {
        int length = lengthIfInSequence();
        return length > 0
                ? Units.ofVector(flattened, length)
                : Units.of(flattened.reshape(order, true, shape), normAxes);
    }

    /** Length of a unit if they lie one after the other in the flattened array, else 0. */
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

    @JsonProperty("normAxes")
    private int[] normAxes() {
        return normAxes;
    }

    @JsonProperty("shape")
    private long[] shape() {
        return shape;
    }

    @JsonProperty("order")
    private char order() {
        return order;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ParameterUnits
                && Arrays.equals(shape, ((ParameterUnits) o).shape)
                && order == ((ParameterUnits) o).order
                && Arrays.equals(normAxes, ((ParameterUnits) o).normAxes);
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
