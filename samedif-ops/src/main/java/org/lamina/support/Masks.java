package org.lamina.support;

import java.util.Arrays;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.LayerSpec;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** DL4J's mask arrays through layers that change the shape of their input. */
public final class Masks {

    private Masks() {}

    /**
     * The mask of a layer's output: 1 where any input position that the layer sees from there is 1.
     * Padded positions count as masked. A dimension of size 1 stands for all positions and stays.
     *
     * @param mask {@code [N, T]} in one dimension, {@code [N, 1, spatial...]} in two and three
     * @param layer names the layer in errors
     * @throws DL4JInvalidInputException if the mask has another rank
     */
    public static INDArray reduce(INDArray mask, LayerSpec spec, String layer) {
        if (spec.window().isEmpty()) {
            return mask;
        }
        ConvGeometry geometry = spec.window().get();
        int rank = geometry.rank() == 1 ? 2 : 2 + geometry.rank();
        if (mask.rank() != rank) {
            throw new DL4JInvalidInputException(
                    layer
                            + ": mask has shape "
                            + Arrays.toString(mask.shape())
                            + "; expected "
                            + (rank == 2 ? "[minibatch, time]" : "[minibatch, 1, spatial...]"));
        }
        INDArray result = mask;
        int first = rank - geometry.rank();
        for (int d = 0; d < geometry.rank(); d++) {
            if (mask.size(first + d) > 1) {
                result = along(result, first + d, d, geometry);
            }
        }
        return result;
    }

    /**
     * Zeroes masked steps of a time series and masked examples, as DL4J's layers do; activations of
     * images and volumes stay as they are.
     *
     * @param output {@code [N, C]}, {@code [N, C, T]} or, with channels last, {@code [N, T, C]}
     * @param outputMask mask of the output, or null
     */
    public static void apply(INDArray output, INDArray outputMask, boolean channelsLast) {
        if (outputMask == null || output.rank() > 3) {
            return;
        }
        INDArray mask = outputMask.castTo(output.dataType());
        if (output.rank() == 2) {
            output.muliColumnVector(mask);
        } else if (channelsLast) {
            output.muli(mask.reshape('c', mask.size(0), mask.size(1), 1));
        } else {
            output.muli(mask.reshape('c', mask.size(0), 1, mask.size(1)));
        }
    }

    /** A maximum over a box is a maximum over each of its dimensions in turn. */
    private static INDArray along(INDArray mask, int axis, int d, ConvGeometry g) {
        long size = mask.size(axis);
        int before = g.padBefore()[d];
        int stride = g.stride()[d];
        long span = (long) g.dilation()[d] * (g.kernel()[d] - 1);
        long[] shape = mask.shape().clone(); // else the mask itself would change
        shape[axis] = before + size + g.padAfter()[d];
        INDArray padded = Nd4j.zeros(mask.dataType(), shape);
        padded.get(window(mask.rank(), axis, before, 1, before + size)).assign(mask);
        long steps = (shape[axis] - span - 1) / stride + 1;
        INDArray result = null;
        for (int k = 0; k < g.kernel()[d]; k++) {
            long from = (long) k * g.dilation()[d];
            INDArray seen =
                    padded.get(
                            window(
                                    mask.rank(),
                                    axis,
                                    from,
                                    stride,
                                    from + (steps - 1) * stride + 1));
            result = result == null ? seen.dup('c') : Transforms.max(result, seen, false);
        }
        return result;
    }

    private static INDArrayIndex[] window(int rank, int axis, long from, long step, long to) {
        INDArrayIndex[] index = new INDArrayIndex[rank];
        Arrays.fill(index, NDArrayIndex.all());
        index[axis] = NDArrayIndex.interval(from, step, to);
        return index;
    }
}
