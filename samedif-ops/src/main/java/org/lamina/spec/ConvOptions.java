package org.lamina.spec;

/**
 * Builder methods for a convolution's geometry, shared by {@link ConvGeometry.Builder} and the
 * builders of both forms of a layer.
 *
 * <p>They may be called in any order; values are checked when the layer is built, where its name is
 * known.
 *
 * @param <T> the builder's own type
 */
public interface ConvOptions<T> {

    /** The geometry collected so far. */
    ConvGeometry.Builder geometry();

    /** This builder. */
    T self();

    /** Replaces the whole geometry. */
    default T geometry(ConvGeometry geometry) {
        ConvGeometry.Builder all = geometry();
        all.kernelSize = geometry.kernelSize();
        all.stride = geometry.stride();
        all.dilation = geometry.dilation();
        all.padding = geometry::padding;
        all.paddingMode = geometry.paddingMode();
        all.groups = geometry.groups();
        return self();
    }

    /** Stride, one number per spatial dimension or one for all. Default 1. */
    default T stride(int... stride) {
        geometry().stride = stride == null ? null : stride.clone();
        return self();
    }

    /** Dilation, one number per spatial dimension or one for all. Default 1. */
    default T dilation(int... dilation) {
        geometry().dilation = dilation == null ? null : dilation.clone();
        return self();
    }

    /**
     * Padding on both sides, one number per spatial dimension or one for all. Default: the layer's.
     */
    default T padding(int... padding) {
        int[] sizes = padding == null ? null : padding.clone();
        geometry().padding = () -> Padding.of(sizes);
        return self();
    }

    /** Padding by rule; see {@link Padding}. Default: the layer's. */
    default T padding(Padding padding) {
        geometry().padding = () -> padding;
        return self();
    }

    /** Padding by name: "same", "valid" or, in one dimension, "causal". Default: the layer's. */
    default T padding(String padding) {
        geometry().padding = () -> Padding.named(padding);
        return self();
    }

    /** How padded positions are filled. Default {@link PaddingMode#ZEROS}. */
    default T paddingMode(PaddingMode mode) {
        geometry().paddingMode = mode;
        return self();
    }
}
