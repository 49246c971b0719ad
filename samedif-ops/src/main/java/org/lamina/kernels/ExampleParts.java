package org.lamina.kernels;

import java.util.function.BiFunction;
import org.lamina.arrays.ExampleSizes;
import org.lamina.arrays.Views;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Computations that depend on the actual sizes of the examples of a padded minibatch. */
final class ExampleParts {

    private ExampleParts() {}

    /**
     * Computes each example's part of one array from its part of another. The rest is set to 0.
     *
     * @param from {@code [N, C, spatial...]}
     * @param fromSizes the examples' parts of it
     * @param to receives the results, {@code [N, C, spatial...]}
     * @param toSizes the examples' parts of it
     * @param function computes the result from a part {@code [1, C, size...]} in 'c' order and the
     *     result's shape
     */
    static void map(
            INDArray from,
            ExampleSizes fromSizes,
            INDArray to,
            ExampleSizes toSizes,
            BiFunction<INDArray, long[], INDArray> function) {
        to.assign(0);
        for (int n = 0; n < from.size(0); n++) {
            INDArray source = part(from, n, fromSizes.sizes()[n]);
            INDArray target = part(to, n, toSizes.sizes()[n]);
            if (source != null && target != null) {
                target.assign(function.apply(source.dup('c'), target.shape()));
            }
        }
    }

    /** The first positions of an example, as a view; null for none. */
    private static INDArray part(INDArray array, long example, long[] size) {
        INDArray part = Views.slice(array, 0, example, example + 1);
        for (int d = 0; d < size.length; d++) {
            if (size[d] == 0) {
                return null;
            }
            part = Views.slice(part, 2 + d, 0, size[d]);
        }
        return part;
    }
}
