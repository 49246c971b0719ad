package org.lamina.samediff.ops;

import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays of any rank reshaped to rank 3 for per-channel operations. */
final class Channels {

    private Channels() {}

    /** {@code [N, C]} or {@code [N, C, spatial...]} as {@code [N, C, S]}. */
    static SDVariable flat(SDVariable x) {
        SameDiff sd = x.getSameDiff();
        SDVariable shape = x.shape();
        SDVariable all = sd.constant(Nd4j.createFromArray(-1L));
        return x.reshape(sd.concat(0, shape.get(SDIndex.interval(0, 2)), all));
    }

    /** {@code [N, C, S]} reshaped to the original shape. */
    static SDVariable unflat(SDVariable flat, SDVariable x) {
        return flat.reshape(x.shape());
    }

    /** One value per channel, {@code [C]}, reshaped to broadcast against {@link #flat}. */
    static SDVariable vector(SDVariable v) {
        return v.reshape(1, -1, 1);
    }
}
