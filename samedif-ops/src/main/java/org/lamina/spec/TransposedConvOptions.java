package org.lamina.spec;

/**
 * Builder methods of a transposed convolution beside those of a convolution, shared by the builders
 * of both forms of a layer.
 *
 * @param <T> the builder's own type
 */
public interface TransposedConvOptions<T> {

    /** The options collected so far. */
    TransposedConvSpec.Builder transposed();

    /** This builder. */
    T self();

    /**
     * Added to the output size at its end, one number per spatial dimension or one for all, each
     * smaller than stride or dilation. Default 0.
     */
    default T outputPadding(int... outputPadding) {
        transposed().outputPadding(outputPadding);
        return self();
    }

    /**
     * Exact spatial size of the output, one number per dimension or one for all, instead of output
     * padding; null for none. A size that the input's size cannot give is an error. Default null.
     */
    default T outputSize(int... outputSize) {
        transposed().outputSize(outputSize);
        return self();
    }
}
