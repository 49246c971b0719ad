package org.lamina.spec;

/**
 * Builder methods of a convolution with standardized weights beside those of a convolution, shared
 * by the builders of both forms of a layer.
 *
 * @param <T> the builder's own type
 */
public interface WSConvOptions<T> extends StandardizationOptions<T> {

    /** Whether standardized weights are multiplied by a learnt gain. Default true. */
    T hasGain(boolean value);
}
