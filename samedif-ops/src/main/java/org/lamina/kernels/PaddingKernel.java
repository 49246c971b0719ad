package org.lamina.kernels;

import org.lamina.arrays.ExampleSizes;
import org.lamina.arrays.Views;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Padding of {@code [N, C, spatial...]} arrays, any number of positions on each side, in every
 * {@link PaddingMode}.
 */
final class PaddingKernel {

    private PaddingKernel() {}

    /**
     * Pads.
     *
     * @param x input {@code [N, C, spatial...]}
     * @param before positions added before each spatial dimension
     * @param after positions added after it
     * @param mode how they are filled
     * @return a new array {@code [N, C, before + spatial + after...]} in the current workspace
     */
    static INDArray forward(INDArray x, int[] before, int[] after, PaddingMode mode) {
        long[] shape = x.shape().clone();
        for (int d = 0; d < before.length; d++) {
            shape[2 + d] += before[d] + after[d];
        }
        INDArray padded = Nd4jOps.scratch(x.dataType(), shape);
        if (mode == PaddingMode.ZEROS) {
            padded.assign(0);
        }
        interior(padded, before, x.shape()).assign(x);
        if (mode != PaddingMode.ZEROS) {
            for (int d = 0; d < before.length; d++) {
                // Whole slices: positions of later dimensions that are not yet filled are
                // overwritten later.
                for (int p = 0; p < shape[2 + d]; p++) {
                    long source = source(mode, p, before[d], x.size(2 + d));
                    if (source != p) {
                        at(padded, d, p).assign(at(padded, d, source));
                    }
                }
            }
        }
        return padded;
    }

    /**
     * The gradient of the input.
     *
     * @param gradient gradient of the padded array; overwritten
     * @param before positions added before each spatial dimension
     * @param mode how they are filled
     * @param dx receives the gradient, {@code [N, C, spatial...]}
     */
    static void backward(INDArray gradient, int[] before, PaddingMode mode, INDArray dx) {
        if (mode != PaddingMode.ZEROS) {
            for (int d = before.length - 1; d >= 0; d--) {
                for (int p = 0; p < gradient.size(2 + d); p++) {
                    long source = source(mode, p, before[d], dx.size(2 + d));
                    if (source != p) {
                        at(gradient, d, source).addi(at(gradient, d, p));
                    }
                }
            }
        }
        dx.assign(interior(gradient, before, dx.shape()));
    }

    /**
     * Pads each example of a padded minibatch where it ends.
     *
     * @param exampleSizes actual sizes of the examples
     * @return a new array {@code [N, C, before + spatial + after...]}; positions after an example
     *     and its padding are 0
     */
    static INDArray forward(
            INDArray x, ExampleSizes exampleSizes, int[] before, int[] after, PaddingMode mode) {
        long[] shape = x.shape().clone();
        for (int d = 0; d < before.length; d++) {
            shape[2 + d] += before[d] + after[d];
        }
        INDArray padded = Nd4jOps.scratch(x.dataType(), shape);
        ExampleParts.map(
                x,
                exampleSizes,
                padded,
                padded(exampleSizes, before, after),
                (part, size) -> forward(part, before, after, mode));
        return padded;
    }

    /**
     * The gradient of the input of {@link #forward(INDArray, ExampleSizes, int[], int[],
     * PaddingMode)}.
     */
    static void backward(
            INDArray gradient,
            ExampleSizes exampleSizes,
            int[] before,
            int[] after,
            PaddingMode mode,
            INDArray dx) {
        ExampleParts.map(
                gradient,
                padded(exampleSizes, before, after),
                dx,
                exampleSizes,
                (part, size) -> {
                    INDArray result = Nd4jOps.scratch(dx.dataType(), size);
                    backward(part, before, mode, result);
                    return result;
                });
    }

    private static ExampleSizes padded(ExampleSizes exampleSizes, int[] before, int[] after) {
        return exampleSizes.map((d, size) -> before[d] + size + after[d]);
    }

    private static long source(PaddingMode mode, int position, int before, long size) {
        return before + mode.sourceOf(position - before, size);
    }

    private static INDArray at(INDArray array, int spatialDimension, long position) {
        return Views.slice(array, 2 + spatialDimension, position, position + 1);
    }

    private static INDArray interior(INDArray padded, int[] before, long[] shape) {
        INDArray result = padded;
        for (int d = 0; d < before.length; d++) {
            result = Views.slice(result, 2 + d, before[d], before[d] + shape[2 + d]);
        }
        return result;
    }
}
