package org.lamina.spec;

/**
 * Builder methods for efficient channel attention, shared by the builders of both forms of the
 * layer.
 *
 * @param <T> the builder's own type
 */
public interface ECAOptions<T> extends ChannelGateOptions<T> {

    @Override
    ECASpec.Builder arguments();

    /**
     * Number of channels that a factor depends on, an odd number. Default: {@code (log2(nIn) + 1) /
     * 2} rounded down, the next odd number if that is even, at least 3.
     */
    default T kernelSize(int value) {
        arguments().kernelSize(value);
        return self();
    }
}
