package org.lamina.layers.builders;

import org.lamina.spec.ECASpec;

/**
 * Options of efficient channel attention.
 *
 * @param <T> the builder's own type
 */
public abstract class ECABuilder<T extends ECABuilder<T>>
        extends ChannelGateBuilder<T, ECASpec, ECASpec.Builder> {

    /** Creates a builder. */
    protected ECABuilder() {
        super(ECASpec.builder());
    }

    /**
     * Number of neighboring channels that a factor depends on, odd. Default: {@code (log2(nIn) + 1)
     * / 2} rounded down, plus 1 if even, at least 3.
     */
    public T kernelSize(int value) {
        spec.kernelSize(value);
        return self();
    }

    @Override
    protected ECASpec spec() {
        return spec.build(channels());
    }
}
