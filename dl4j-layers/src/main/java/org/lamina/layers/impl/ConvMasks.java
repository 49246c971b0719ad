package org.lamina.layers.impl;

import java.util.Arrays;
import org.lamina.kernels.ConvKernel;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Masks through a convolution. */
final class ConvMasks {

    private ConvMasks() {}

    /**
     * The mask of a convolution's output: 1 where any input position that the kernel sees is 1, as in DL4J's
     * convolutions.
     *
     * @param mask {@code [N, T]} in one dimension, {@code [N, 1, H, W]} (or of size 1 in H or W, which stands for all
     *     positions) in two; a mask of whole examples, {@code [N, 1]} or {@code [N, 1, 1, 1]}, stays as it is
     */
    static INDArray reduce(INDArray mask, ConvGeometry geometry) {
        int rank = geometry.rank();
        int[] spatial = spatialAxes(mask, rank);
        if (Arrays.stream(spatial).allMatch(d -> mask.size(d) == 1)) {
            return mask;
        }
        int[] kernel = geometry.kernel();
        int[] stride = geometry.stride();
        int[] dilation = geometry.dilation();
        int[] before = geometry.padBefore();
        int[] after = geometry.padAfter();
        for (int d = 0; d < rank; d++) {
            if (mask.size(spatial[d]) == 1) {
                kernel[d] = stride[d] = dilation[d] = 1;
                before[d] = after[d] = 0;
            }
        }
        ConvGeometry seen =
                ConvGeometry.ofKernel(kernel)
                        .withStride(stride)
                        .withDilation(dilation)
                        .withPadding(Padding.perSide(before, after))
                        .withPaddingMode(PaddingMode.ZEROS);
        ConvKernel count = new ConvKernel(seen);
        INDArray x =
                rank == 1 ? mask.reshape('c', mask.size(0), 1, mask.size(1)) : mask.dup('c');
        long[] weightShape = new long[2 + rank];
        weightShape[0] = weightShape[1] = 1;
        for (int d = 0; d < rank; d++) {
            weightShape[2 + d] = kernel[d];
        }
        INDArray ones = Nd4j.ones(mask.dataType(), weightShape);
        INDArray counted =
                Nd4j.createUninitialized(
                        mask.dataType(), count.outputShape(x.shape(), weightShape), 'c');
        count.forward(x, ones, null, counted);
        INDArray valid = counted.gt(0.5).castTo(mask.dataType());
        return rank == 1 ? valid.reshape('c', mask.size(0), valid.size(2)) : valid;
    }

    private static int[] spatialAxes(INDArray mask, int rank) {
        int[] axes = new int[rank];
        for (int d = 0; d < rank; d++) {
            axes[d] = mask.rank() - rank + d;
        }
        return axes;
    }
}
