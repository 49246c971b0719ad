package org.lamina.spec;

/**
 * Builder methods of a transposed convolution with standardized weights beside those of a
 * convolution, shared by the builders of both forms of a layer.
 *
 * @param <T> the builder's own type
 */
public interface WSTransposedConvOptions<T> extends TransposedConvOptions<T>, WSConvOptions<T> {

    /** This builder. */
    @Override
    T self();

    /**
     * Whether the weights of each input channel are standardized, as in elektronn3, with one gain
     * for each; otherwise those of each output channel. Default false.
     */
    T perInputChannel(boolean perInputChannel);
}
