package org.lamina.samediff.ops;

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
        SDVariable z = x.mmul(w);
        return b == null ? z : z.add(b);
    }
}
