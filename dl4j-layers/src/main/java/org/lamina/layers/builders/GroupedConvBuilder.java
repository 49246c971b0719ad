package org.lamina.layers.builders;

import org.lamina.spec.ConvSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.NormSpec;

/**
 * Options of convolutions with groups. Defaults are PyTorch's: no padding, a bias.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
public abstract class GroupedConvBuilder<T extends GroupedConvBuilder<T, S>, S extends LayerSpec>
        extends BaseConvBuilder<T, S> {

    /** A kernel of {@code rank} dimensions: one number per dimension, or one for all. */
    protected GroupedConvBuilder(int rank, int... kernel) {
        super(true, rank, kernel);
        padding(0);
    }

    /** Number of groups; nIn and nOut must be multiples of it. Default 1. */
    public T groups(int groups) {
        geometry().groups(groups);
        return self();
    }

    /** The convolution with these options and this norm constraint. */
    final ConvSpec conv(NormSpec norm) {
        return new ConvSpec(getNIn(), getNOut(), geometry().build(), bias(), norm);
    }
}
