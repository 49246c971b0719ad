package org.lamina.layers.conf;

import org.lamina.spec.ConvSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.NormSpec;

/**
 * Base of the builders of convolutions with PyTorch's arguments and defaults: no padding, bias, one
 * group.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
public abstract class GroupedConvBuilder<T extends GroupedConvBuilder<T, S>, S extends LayerSpec>
        extends ConvBuilder<T, S> {

    GroupedConvBuilder(int rank, int... kernel) {
        super(true, rank, kernel);
        padding(0);
    }

    /** Number of groups; nIn and nOut must be multiples of it. Default 1. */
    public T groups(int groups) {
        geometry().groups(groups);
        return self();
    }

    /** The convolution that the builder's values make. */
    ConvSpec conv() {
        return new ConvSpec(getNIn(), getNOut(), geometry().build(), bias(), NormSpec.none());
    }
}
