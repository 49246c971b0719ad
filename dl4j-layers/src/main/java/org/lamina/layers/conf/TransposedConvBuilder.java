package org.lamina.layers.conf;

import org.lamina.spec.LayerSpec;
import org.lamina.spec.TransposedConvOptions;
import org.lamina.spec.TransposedConvSpec;

/**
 * Base of the builders of transposed convolutions.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
abstract class TransposedConvBuilder<T extends TransposedConvBuilder<T, S>, S extends LayerSpec>
        extends GroupedConvBuilder<T, S> implements TransposedConvOptions<T> {

    private final TransposedConvSpec.Builder transposed = new TransposedConvSpec.Builder();

    TransposedConvBuilder(int rank, int... kernel) {
        super(rank, kernel);
    }

    @Override
    public TransposedConvSpec.Builder transposed() {
        return transposed;
    }

    /** The transposed convolution that the builder's values make. */
    TransposedConvSpec transposedConv() {
        return transposed.build(getNIn(), getNOut(), geometry().build(), bias());
    }
}
