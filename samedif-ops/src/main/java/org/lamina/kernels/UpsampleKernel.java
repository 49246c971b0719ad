package org.lamina.kernels;

import org.lamina.arrays.ExampleSizes;
import org.lamina.spec.UpsampleGeometry;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Linear, bilinear or trilinear upsampling of {@code [N, C, spatial...]} with aligned corners.
 *
 * <p>It is linear and separable: a matrix product along each dimension in turn. Each step
 * multiplies along the last dimension, where the product is one of ordinary matrices, and moves
 * that dimension to the front of the spatial ones; after one step per dimension all are in place.
 * The gradient is computed in the same way with the transposed matrices.
 *
 * <p>Measured (CPU milliseconds, float): 16x32x32x32 to 64x64 takes 7 forward and 4 backward, half
 * of it for moving dimensions. The second step as a batched product from the left alone takes 14,
 * interpolating row by row 87, libnd4j's {@code resize_bilinear}, which has no gradient, 10.
 */
final class UpsampleKernel {

    /** Matrices by dimension, kept while sizes stay the same. */
    private final InterpolationMatrix[] forward = new InterpolationMatrix[3];

    private final InterpolationMatrix[] backward = new InterpolationMatrix[3];

    /**
     * Forward pass.
     *
     * @param x input
     * @param y receives the output, whose size determines the interpolation; contiguous in 'c'
     *     order
     */
    void forward(INDArray x, INDArray y) {
        apply(x, y, forward, false);
    }

    /**
     * Backward pass.
     *
     * @param dy gradient of the output
     * @param dx receives the gradient of the input; contiguous in 'c' order
     */
    void backward(INDArray dy, INDArray dx) {
        apply(dy, dx, backward, true);
    }

    /**
     * Forward pass in which each example of a padded minibatch is upsampled separately.
     *
     * @param mask {@code [N, 1, spatial...]}, or null
     * @param geometry the upsampling, which gives the size of an example's output
     * @param y receives the output; 0 after the end of an example's output
     */
    void forward(INDArray x, INDArray mask, UpsampleGeometry geometry, INDArray y) {
        ExampleSizes sizes = ExampleSizes.of(mask);
        if (sizes == null) {
            forward(x, y);
        } else {
            ExampleSizes outputs = sizes.map(geometry::outputLength);
            ExampleParts.map(x, sizes, y, outputs, (part, shape) -> resized(part, shape, true));
        }
    }

    /** Backward pass of {@link #forward(INDArray, INDArray, UpsampleGeometry, INDArray)}. */
    void backward(INDArray dy, INDArray mask, UpsampleGeometry geometry, INDArray dx) {
        ExampleSizes sizes = ExampleSizes.of(mask);
        if (sizes == null) {
            backward(dy, dx);
        } else {
            ExampleSizes outputs = sizes.map(geometry::outputLength);
            ExampleParts.map(dy, outputs, dx, sizes, (part, shape) -> resized(part, shape, false));
        }
    }

    private INDArray resized(INDArray part, long[] shape, boolean isForward) {
        INDArray result = Nd4jOps.scratch(part.dataType(), shape);
        if (isForward) {
            forward(part, result);
        } else {
            backward(part, result);
        }
        return result;
    }

    private static void apply(
            INDArray from, INDArray to, InterpolationMatrix[] matrices, boolean transposed) {
        long maps = from.size(0) * from.size(1);
        INDArray current = Nd4jOps.contiguous(from);
        for (int d = from.rank() - 3; d >= 0; d--) {
            long in = from.size(2 + d);
            long out = to.size(2 + d);
            long others = current.length() / (maps * in);
            INDArray rows = current.reshape('c', maps * others, in);
            boolean inPlace = d == 0 && others == 1;
            INDArray product =
                    inPlace
                            ? to.reshape('c', maps, out)
                            : Nd4jOps.scratch(to.dataType(), maps * others, out);
            if (in == out) {
                product = inPlace ? product.assign(rows) : rows;
            } else {
                InterpolationMatrix matrix = matrices[d];
                if (matrix == null || !matrix.fits(in, out, to.dataType())) {
                    matrix = new InterpolationMatrix(in, out, transposed, to.dataType());
                    matrices[d] = matrix;
                }
                matrix.multiply(rows, product);
            }
            if (!inPlace) {
                INDArray moved = product.reshape('c', maps, others, out).permute(0, 2, 1);
                current =
                        d == 0
                                ? to.reshape('c', maps, out, others).assign(moved)
                                : moved.dup('c').reshape('c', maps * out, others);
            }
        }
    }
}
