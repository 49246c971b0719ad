package org.lamina.samediff.ops;

import org.lamina.kernels.FusedFunction;
import org.lamina.samediff.execution.FusedParts;
import org.nd4j.autodiff.samediff.SDVariable;

/** Fully connected layers. */
public final class DenseOps {

    private DenseOps() {}

    /**
     * {@code y = x W + b}.
     *
     * @param x input {@code [N, in]}
     * @param w weights {@code [in, out]}, the layout of DL4J's dense layer
     * @param b bias {@code [out]}, or null
     * @return {@code [N, out]}
     */
    public static SDVariable dense(SDVariable x, SDVariable w, SDVariable b) {
        return FusedParts.part(
                new FusedFunction.Dense(),
                v -> {
                    SDVariable z = v[0].mmul(v[1]);
                    return v[2] == null ? z : z.add(v[2]);
                },
                x,
                w,
                b);
    }
}
