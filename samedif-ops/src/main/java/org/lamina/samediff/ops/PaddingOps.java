package org.lamina.samediff.ops;

import java.util.Arrays;
import org.lamina.spec.PaddingMode;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Padding of the spatial dimensions of {@code [N, C, spatial...]}. */
public final class PaddingOps {

    private PaddingOps() {}

    /**
     * Adds positions around the spatial dimensions.
     *
     * <pre>
     * y[n, c, i + before] = x[n, c, i],  other positions according to {@link PaddingMode}
     * </pre>
     *
     * @param x input {@code [N, C, s1, ... sk]}
     * @param before number of positions before each of the k spatial dimensions, 0 or greater
     * @param after number of positions after each of them
     * @param mode how the added positions are filled; {@code REFLECT} can add at most {@code s - 1}
     *     positions to a side, {@code CIRCULAR} at most {@code s}
     * @return {@code [N, C, before1 + s1 + after1, ...]}
     * @throws IllegalArgumentException if the two arrays differ in length
     */
    public static SDVariable pad(SDVariable x, int[] before, int[] after, PaddingMode mode) {
        if (before.length != after.length) {
            throw new IllegalArgumentException(
                    String.format(
                            "pad: %s numbers before and %s after; give one for each spatial"
                                    + " dimension",
                            before.length, after.length));
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
        return QuietOps.zeroPadded(x, sizes);
    }

    /**
     * One dimension padded with input values by slicing and concatenating, which are
     * differentiable.
     */
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
                return QuietOps.reversed(
                        before ? first(x, rank, axis, 1, size) : last(x, rank, axis, 1, size),
                        axis);
            case REPLICATE:
                int[] repeats = new int[rank];
                Arrays.fill(repeats, 1);
                repeats[axis] = size;
                return sd.tile(
                        before ? first(x, rank, axis, 0, 1) : last(x, rank, axis, 0, 1), repeats);
            default:
                return before ? last(x, rank, axis, 0, size) : first(x, rank, axis, 0, size);
        }
    }

    /**
     * The given number of positions after the first {@code skip}.
     *
     * <p>Uses {@code slice}: libnd4j's {@code strided_slice} assigns the gradient of a one-element
     * slice to the array's first element.
     */
    private static SDVariable first(SDVariable x, int rank, int axis, int skip, int size) {
        int[] begin = new int[rank];
        begin[axis] = skip;
        return x.getSameDiff().slice(x, begin, sizes(rank, axis, size));
    }

    /** The given number of positions before the last {@code skip}, for any size of x. */
    private static SDVariable last(SDVariable x, int rank, int axis, int skip, int size) {
        SameDiff sd = x.getSameDiff();
        int[] alongAxis = new int[rank];
        alongAxis[axis] = 1;
        int[] offset = new int[rank];
        offset[axis] = size + skip;
        SDVariable begin =
                sd.shape(x)
                        .castTo(DataType.INT32)
                        .mul(sd.constant(Nd4j.createFromArray(alongAxis)))
                        .sub(sd.constant(Nd4j.createFromArray(offset)));
        return sd.slice(x, begin, sd.constant(Nd4j.createFromArray(sizes(rank, axis, size))));
    }

    /** Sizes of a slice: everything (-1) except along one axis. */
    private static int[] sizes(int rank, int axis, int size) {
        int[] sizes = new int[rank];
        Arrays.fill(sizes, -1);
        sizes[axis] = size;
        return sizes;
    }
}
