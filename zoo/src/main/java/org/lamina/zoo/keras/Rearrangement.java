package org.lamina.zoo.keras;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Axes in another order, then another shape, then another order: {@code
 * x.permute(before).reshape(shape).permute(after)}. What Keras's Permute, Reshape and Flatten do to
 * activations that have their channels first here.
 *
 * @param input shape of an example, -1 for an open size
 * @param before axes of an example in their new order, from 0
 * @param shape of an example between the two, with at most one -1
 * @param after axes of that shape in their new order
 */
public record Rearrangement(
        @JsonProperty("input") long[] input,
        @JsonProperty("before") int[] before,
        @JsonProperty("shape") long[] shape,
        @JsonProperty("after") int[] after)
        implements InputPreProcessor {

    @Override
    public INDArray preProcess(INDArray x, int miniBatch, LayerWorkspaceMgr workspace) {
        return workspace.leverageTo(ArrayType.ACTIVATIONS, moved(x, before, shape, after).dup('c'));
    }

    @Override
    public INDArray backprop(INDArray gradient, int miniBatch, LayerWorkspaceMgr workspace) {
        return workspace.leverageTo(
                ArrayType.ACTIVATION_GRAD,
                moved(gradient, inverse(after), permuted(input, before), inverse(before)).dup('c'));
    }

    private static INDArray moved(INDArray x, int[] before, long[] shape, int[] after) {
        return x.permute(withBatch(before))
                .dup('c')
                .reshape('c', withBatch(shape, x.size(0)))
                .permute(withBatch(after));
    }

    static long[] permuted(long[] shape, int[] order) {
        return Arrays.stream(order).mapToLong(axis -> shape[axis]).toArray();
    }

    static int[] inverse(int[] order) {
        int[] inverse = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            inverse[order[i]] = i;
        }
        return inverse;
    }

    private static int[] withBatch(int[] order) {
        return IntStream.concat(IntStream.of(0), Arrays.stream(order).map(axis -> axis + 1))
                .toArray();
    }

    private static long[] withBatch(long[] shape, long examples) {
        long[] all = new long[shape.length + 1];
        all[0] = examples;
        System.arraycopy(shape, 0, all, 1, shape.length);
        return all;
    }

    @Override
    public InputType getOutputType(InputType type) {
        return inputType(permuted(shape, after));
    }

    /** The type of examples of this shape, channels first. */
    static InputType inputType(long[] shape) {
        return switch (shape.length) {
            case 1 -> InputType.feedForward(shape[0]);
            case 2 -> InputType.recurrent(shape[0], shape[1]);
            default -> InputType.convolutional(shape[1], shape[2], shape[0]);
        };
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(
            INDArray mask, MaskState state, int miniBatch) {
        if (mask != null) {
            throw new UnsupportedOperationException("a mask cannot be rearranged");
        }
        return new Pair<>(null, state);
    }

    @Override
    public Rearrangement clone() {
        return this;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Rearrangement other
                && Arrays.equals(input, other.input)
                && Arrays.equals(before, other.before)
                && Arrays.equals(shape, other.shape)
                && Arrays.equals(after, other.after);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(input) + 31 * Arrays.hashCode(shape);
    }
}
