package org.lamina.samediff.ops;

import java.util.Arrays;
import org.lamina.spec.PaddingMode;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.factory.Nd4j;

/** Padding of the spatial dimensions of {@code [N, C, spatial...]}. */
public final class PaddingOps {

    private PaddingOps() {}

    /**
     * Adds positions around the spatial dimensions.
     *
     * <pre>
     * y[n, c, i + before] = x[n, c, i],  the other positions as {@link PaddingMode} says
     * </pre>
     *
     * @param x input {@code [N, C, s1, ... sk]}
     * @param before number of positions before each of the k spatial dimensions, 0 or greater
     * @param after number of positions after each of them
     * @param mode what the added positions hold; {@code REFLECT} can add at most {@code s - 1}
     *     positions to a side, {@code CIRCULAR} at most {@code s}
     * @return {@code [N, C, before1 + s1 + after1, ...]}
     * @throws IllegalArgumentException if the two arrays differ in length
     */
    public static SDVariable pad(SDVariable x, int[] before, int[] after, PaddingMode mode) {
        if (before.length != after.length) {
            throw new IllegalArgumentException(
                    "pad: "
                            + before.length
                            + " numbers before and "
                            + after.length
                            + " after; give one for each spatial dimension");
        }
        boolean none = true;
        for (int d = 0; d < before.length; d++) {
            none &= before[d] == 0 && after[d] == 0;
        }
        if (none) {
            return x;
        }
        if (mode == PaddingMode.ZEROS) {
            return zeros(x, before, after);
        }
        for (int d = 0; d < before.length; d++) {
            x = continued(x, before.length + 2, d + 2, before[d], after[d], mode);
        }
        return x;
    }

    private static SDVariable zeros(SDVariable x, int[] before, int[] after) {
        int[][] sizes = new int[before.length + 2][2];
        for (int d = 0; d < before.length; d++) {
            sizes[d + 2][0] = before[d];
            sizes[d + 2][1] = after[d];
        }
        SameDiff sd = x.getSameDiff();
        return sd.nn().pad(x, sd.constant(Nd4j.createFromArray(sizes)), PadMode.CONSTANT, 0);
    }

    /** One dimension padded from the input's own values; slices and joins, which have gradients. */
    private static SDVariable continued(
            SDVariable x, int rank, int axis, int before, int after, PaddingMode mode) {
        if (before == 0 && after == 0) {
            return x;
        }
        SameDiff sd = x.getSameDiff();
        SDVariable left = before == 0 ? null : side(x, rank, axis, before, true, mode);
        SDVariable right = after == 0 ? null : side(x, rank, axis, after, false, mode);
        if (left == null) {
            return sd.concat(axis, x, right);
        }
        return right == null ? sd.concat(axis, left, x) : sd.concat(axis, left, x, right);
    }

    private static SDVariable side(
            SDVariable x, int rank, int axis, int size, boolean before, PaddingMode mode) {
        SameDiff sd = x.getSameDiff();
        switch (mode) {
            case REFLECT:
                return sd.reverse(
                        before
                                ? slice(x, rank, axis, 1, size + 1)
                                : slice(x, rank, axis, -size - 1, -1),
                        axis);
            case REPLICATE:
                int[] repeats = new int[rank];
                Arrays.fill(repeats, 1);
                repeats[axis] = size;
                return sd.tile(
                        before ? slice(x, rank, axis, 0, 1) : slice(x, rank, axis, -1, 0), repeats);
            default:
                return before ? slice(x, rank, axis, -size, 0) : slice(x, rank, axis, 0, size);
        }
    }

    /** {@code x[..., begin:end, ...]}; negative numbers count from the end, end 0 is the end. */
    private static SDVariable slice(SDVariable x, int rank, int axis, long begin, long end) {
        long[] from = new long[rank];
        long[] to = new long[rank];
        long[] step = new long[rank];
        Arrays.fill(step, 1);
        from[axis] = begin;
        to[axis] = end;
        int others = ((1 << rank) - 1) & ~(1 << axis);
        int open = end == 0 ? others | (1 << axis) : others;
        return x.getSameDiff().stridedSlice(x, from, to, step, others, open, 0, 0, 0);
    }
}
