package org.lamina.layers.wrapper;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WSConvTransposeSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a layer's weight divides into units, independent of its layout: the first axis of PyTorch's
 * weight, that is, the output channels of a convolution and the input channels of a transposed one.
 *
 * @param shape shape that the layer uses for the stored elements in 'c' order; 0 for sizes not yet
 *     known
 * @param axes axes of that shape that index units
 */
public record WeightUnits(long[] shape, int... axes) {

    /**
     * The units of a layer of this project.
     *
     * @throws IllegalArgumentException if the layer is not a convolution with exactly one weight or
     *     standardizes it itself
     */
    public static WeightUnits of(LayerSpec spec) {
        List<ParamSpec> weights = spec.params().stream().filter(ParamSpec::weight).toList();
        boolean fits =
                spec.spatialRank() > 0
                        && weights.size() == 1
                        && weights.get(0).name().equals(ParamSpec.WEIGHT)
                        && !(spec instanceof WSConvSpec)
                        && !(spec instanceof WSConvTransposeSpec);
        if (!fits) {
            throw new IllegalArgumentException(
                    "give a convolution with one weight, without a gain or a standardization of"
                            + " its own");
        }
        return new WeightUnits(weights.get(0).shape(), 0);
    }

    /** Number of units, 0 if not yet known. */
    long units() {
        return Arrays.stream(axes).mapToLong(axis -> shape[axis]).reduce(1, (a, b) -> a * b);
    }

    /** Number of weights of a unit, 0 if not yet known. */
    long elements() {
        return others().mapToLong(axis -> shape[axis]).reduce(1, (a, b) -> a * b);
    }

    /** One row per unit: a view if the layout allows it, else a copy. */
    public INDArray rows(INDArray weight) {
        return unitsFirst(weight).reshape('c', units(), elements());
    }

    /** Writes rows back. */
    public void assign(INDArray rows, INDArray weight) {
        INDArray permuted = unitsFirst(weight);
        permuted.assign(rows.reshape('c', permuted.shape()));
    }

    private INDArray unitsFirst(INDArray weight) {
        int[] order = IntStream.concat(Arrays.stream(axes), others()).toArray();
        return weight.reshape('c', shape).permute(order);
    }

    private IntStream others() {
        return IntStream.range(0, shape.length)
                .filter(d -> Arrays.stream(axes).noneMatch(axis -> axis == d));
    }
}
