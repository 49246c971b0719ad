package org.lamina.samediff.ops;

import org.lamina.kernels.FusedFunction;
import org.lamina.samediff.execution.FusedParts;
import org.lamina.spec.LinearInterpolation;
import org.lamina.spec.UpsampleGeometry;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Upsampling, channels first. */
public final class UpsampleOps {

    private UpsampleOps() {}

    /**
     * Linear, bilinear or trilinear upsampling with aligned corners ({@link LinearInterpolation}
     * along each dimension).
     *
     * @param x input {@code [N, channels, inputSize...]}
     * @param channels number of channels
     * @param inputSize spatial size of the input
     * @param geometry factor or output size
     * @return {@code [N, channels, geometry.outputSize(inputSize)...]}
     */
    public static SDVariable upsample(
            SDVariable x, long channels, long[] inputSize, UpsampleGeometry geometry) {
        return FusedParts.part(
                new FusedFunction.Upsampling(geometry),
                v -> interpolated(v[0], channels, inputSize, geometry.outputSize(inputSize)),
                x,
                null,
                null);
    }

    /**
     * Upsampling of a padded minibatch, each example up to its actual size.
     *
     * @param mask mask of x, {@code [N, 1, inputSize...]}, or null
     * @param outputMask mask of the output, or null
     */
    public static SDVariable upsample(
            SDVariable x,
            long channels,
            long[] inputSize,
            UpsampleGeometry geometry,
            SDVariable mask,
            SDVariable outputMask) {
        if (mask == null) {
            return upsample(x, channels, inputSize, geometry);
        }
        long[] outputSize = geometry.outputSize(inputSize);
        return FusedParts.part(
                new FusedFunction.Upsampling(geometry),
                v ->
                        ExampleSizeOps.upsample(v[0], channels, inputSize, v[1], outputSize, v[2])
                                .mul(v[2]),
                x,
                mask,
                outputMask);
    }

    private static SDVariable interpolated(
            SDVariable x, long channels, long[] inputSize, long[] outputSize) {
        int rank = inputSize.length;
        SDVariable y = x;
        // A product with a matrix along the last dimension, which then moves to the front of the
        // spatial ones; after one step per dimension all are in place.
        long[] shape = new long[2 + rank];
        shape[0] = -1;
        shape[1] = channels;
        System.arraycopy(inputSize, 0, shape, 2, rank);
        for (int d = rank - 1; d >= 0; d--) {
            if (inputSize[d] != outputSize[d]) {
                SDVariable matrix =
                        matrix(x.getSameDiff(), inputSize[d], outputSize[d], x.dataType());
                shape[1 + rank] = outputSize[d];
                y = y.reshape(-1, inputSize[d]).mmul(matrix).reshape(shape);
            }
            if (rank > 1) {
                y = y.permute(lastToFront(2 + rank));
                System.arraycopy(shape, 2, shape, 3, rank - 1);
                shape[2] = outputSize[d];
            }
        }
        return y == x ? x.getSameDiff().identity(x) : y; // never return the input itself
    }

    private static int[] lastToFront(int rank) {
        int[] order = new int[rank];
        order[1] = 1;
        order[2] = rank - 1;
        for (int d = 3; d < rank; d++) {
            order[d] = d - 1;
        }
        return order;
    }

    /** The interpolation along one dimension as a matrix {@code [in, out]}. */
    private static SDVariable matrix(SameDiff sameDiff, long in, long out, DataType type) {
        LinearInterpolation line = new LinearInterpolation(in, out);
        INDArray matrix = Nd4j.zeros(type, in, out);
        for (long i = 0; i < out; i++) {
            double fraction = line.fraction(i);
            matrix.putScalar(line.lower(i), i, 1 - fraction);
            if (fraction > 0) {
                matrix.putScalar(line.lower(i) + 1, i, fraction);
            }
        }
        return sameDiff.constant(matrix);
    }
}
