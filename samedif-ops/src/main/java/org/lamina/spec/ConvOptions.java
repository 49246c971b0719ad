package org.lamina.spec;

/**
 * Builder methods for a convolution's geometry, shared by the builders of both forms of a layer.
 *
 * @param <T> the builder's own type
 */
public interface ConvOptions<T> {

    /** The geometry collected so far. */
    ConvGeometry geometry();

    /** Replaces the geometry and returns the builder. */
    T geometry(ConvGeometry geometry);

    /** Stride, one number per spatial dimension or one for all. Default 1. */
    default T stride(int... stride) {
        return geometry(geometry().withStride(stride));
    }

    /** Dilation, one number per spatial dimension or one for all. Default 1. */
    default T dilation(int... dilation) {
        return geometry(geometry().withDilation(dilation));
    }

    /** Padding on both sides, one number per spatial dimension or one for all. Default 'same'. */
    default T padding(int... padding) {
        return geometry(geometry().withPadding(Padding.of(padding)));
    }

    /** Padding by rule; see {@link Padding}. Default 'same'. */
    default T padding(Padding padding) {
        return geometry(geometry().withPadding(padding));
    }

    /** Padding by name: "same", "valid" or, in one dimension, "causal". Default "same". */
    default T padding(String padding) {
        return geometry(geometry().withPadding(Padding.named(padding)));
    }

    /** What padded positions hold. Default {@link PaddingMode#ZEROS}. */
    default T paddingMode(PaddingMode mode) {
        return geometry(geometry().withPaddingMode(mode));
    }
}
