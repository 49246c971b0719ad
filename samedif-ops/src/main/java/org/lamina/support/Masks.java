package org.lamina.support;

import java.util.Arrays;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.Window;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** DL4J's mask arrays through layers that change the shape of their input. */
public final class Masks {

    private Masks() {}

    /**
     * The mask of a layer's output: 1 where any input position that the layer sees from there is 1.
     * Padded positions count as masked. In images and volumes a dimension of size 1 stands for all
     * positions and stays.
     *
     * @param mask {@code [N, T]} in one dimension, {@code [N, 1, spatial...]} in two and three
     * @param layer names the layer in errors
     * @throws DL4JInvalidInputException if the mask has another rank
     */
    public static INDArray reduce(INDArray mask, LayerSpec spec, String layer) {
        INDArray result = mask;
        for (Window window : spec.windows()) {
            result = reduce(result, window, layer);
        }
        return result;
    }

    private static INDArray reduce(INDArray mask, Window window, String layer) {
        boolean sequence = window.rank() == 1;
        int rank = sequence ? 2 : 2 + window.rank();
        if (mask.rank() != rank) {
            throw new DL4JInvalidInputException(
                    layer
                            + ": mask has shape "
                            + Arrays.toString(mask.shape())
                            + "; expected "
                            + (sequence ? "[minibatch, time]" : "[minibatch, 1, spatial...]"));
        }
        INDArray result = mask;
        int first = rank - window.rank();
        for (int d = 0; d < window.rank(); d++) {
            if (sequence || mask.size(first + d) > 1) {
                result = along(result, first + d, d, window);
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
        INDArray factor = factor(outputMask, output.rank(), output.dataType());
        output.muli(channelsLast && output.rank() == 3 ? factor.permute(0, 2, 1) : factor);
    }

    /**
     * A layer's input with masked steps zeroed, as {@link #apply} does it: then they contribute
     * nothing, whatever they hold, NaN included. A copy if there is a mask.
     *
     * @param layer names the layer in errors
     * @throws DL4JInvalidInputException if the mask is not that of such an input
     */
    public static INDArray applied(
            INDArray input,
            INDArray mask,
            boolean channelsLast,
            LayerWorkspaceMgr workspaceMgr,
            String layer) {
        if (mask == null || input.rank() > 3) {
            return input;
        }
        check(input, mask, channelsLast, layer);
        INDArray copy = workspaceMgr.dup(ArrayType.INPUT, input);
        apply(copy, mask, channelsLast);
        if (Double.isNaN(copy.sumNumber().doubleValue())) { // 0 times NaN or infinity is NaN
            zeroMasked(copy, mask, channelsLast);
        }
        return copy;
    }

    private static void check(INDArray input, INDArray mask, boolean channelsLast, String layer) {
        long examples = input.size(0);
        boolean sequence = input.rank() == 3;
        long steps = sequence ? input.size(channelsLast ? 1 : 2) : 1;
        boolean fits =
                sequence
                        ? Arrays.equals(mask.shape(), new long[] {examples, steps})
                        : mask.length() == examples;
        if (!fits) {
            throw new DL4JInvalidInputException(
                    layer
                            + ": mask has shape "
                            + Arrays.toString(mask.shape())
                            + "; expected "
                            + (sequence ? "[minibatch, time] = " : "[minibatch, 1] = ")
                            + Arrays.toString(new long[] {examples, steps})
                            + " for input of shape "
                            + Arrays.toString(input.shape()));
        }
    }

    /** As {@link #apply}, step by step. */
    private static void zeroMasked(INDArray array, INDArray mask, boolean channelsLast) {
        INDArray steps = factor(mask, array.rank(), DataType.DOUBLE);
        for (long n = 0; n < array.size(0); n++) {
            for (long t = 0; t < steps.length() / array.size(0); t++) {
                if (array.rank() == 2 && steps.getDouble(n, 0) == 0) {
                    Views.at(array, n).assign(0);
                } else if (array.rank() == 3 && steps.getDouble(n, 0, t) == 0) {
                    Views.slice(Views.at(array, n), channelsLast ? 0 : 1, t, t + 1).assign(0);
                }
            }
        }
    }

    /**
     * A mask as it multiplies activations {@code [N, C]} or {@code [N, C, T]} of a type: {@code [N,
     * 1]} or {@code [N, 1, T]}. Null if there is none or the activations are images or volumes,
     * which masks leave as they are.
     */
    public static INDArray factor(INDArray mask, int rank, DataType type) {
        if (mask == null || rank > 3) {
            return null;
        }
        INDArray factor = mask.castTo(type);
        return rank == 2
                ? factor.reshape('c', factor.length(), 1)
                : factor.reshape('c', mask.size(0), 1, mask.size(1));
    }

    /**
     * Number of positions of each example that count, {@code [N, 1]}, at least 1; null without a
     * mask.
     *
     * @param factor as {@link #factor} gives it, or null
     */
    public static INDArray count(INDArray factor) {
        if (factor == null) {
            return null;
        }
        INDArray perExample = factor.reshape(factor.size(0), factor.length() / factor.size(0));
        return Transforms.max(perExample.sum(true, 1), 1.0, false);
    }

    /** A maximum over a box is a maximum over each of its dimensions in turn. */
    private static INDArray along(INDArray mask, int axis, int dimension, Window window) {
        long[] shape = mask.shape().clone();
        int size = (int) shape[axis];
        int positions = (int) window.outputLength(dimension, size);
        int inner = (int) Arrays.stream(shape).skip(axis + 1L).reduce(1, (a, b) -> a * b);
        int outer = (int) (mask.length() / inner / size);
        float[] from = mask.castTo(DataType.FLOAT).dup('c').data().asFloat();
        float[] to = new float[outer * positions * inner];
        for (int p = 0; p < positions; p++) {
            for (long seen : window.seen(dimension, size, p)) {
                for (int o = 0; o < outer; o++) {
                    for (int i = 0; i < inner; i++) {
                        int target = (o * positions + p) * inner + i;
                        to[target] =
                                Math.max(to[target], from[(o * size + (int) seen) * inner + i]);
                    }
                }
            }
        }
        shape[axis] = positions;
        return Nd4j.create(to, shape, 'c').castTo(mask.dataType());
    }
}
