package org.lamina.spec;

import java.util.Arrays;

/** Validation shared by the specifications. */
final class Checks {

    private Checks() {}

    static void divisible(String field, long channels, long by, boolean mayBeUnknown) {
        if (mayBeUnknown && channels == 0) {
            return;
        }
        if (channels < 1) {
            throw new IllegalArgumentException(field + " = " + channels + "; must be 1 or greater");
        }
        if (channels % by != 0) {
            throw new IllegalArgumentException(
                    field + " = " + channels + "; must be a multiple of groups = " + by);
        }
    }

    static void axesBelow(NormSpec norm, int rank) {
        int[] axes = norm.axes().axes();
        if (axes != null && axes[axes.length - 1] >= rank) {
            throw new IllegalArgumentException(
                    "norm axes = "
                            + Arrays.toString(axes)
                            + "; the weight has "
                            + rank
                            + " dimensions, axes are 0 to "
                            + (rank - 1));
        }
    }
}
