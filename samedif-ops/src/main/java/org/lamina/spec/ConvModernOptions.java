package org.lamina.spec;

/**
 * Builder methods for a convolution with normalization, activation and scaling, shared by the
 * builders of both forms of the layer.
 *
 * <p>They may be called in any order; values are checked when the layer is built, where its name is
 * known. Names are those of the source, in any case.
 *
 * @param <T> the builder's own type
 */
public interface ConvModernOptions<T> {

    /** What is collected so far. */
    ConvModernSpec.Builder modern();

    /** This builder. */
    T self();

    /**
     * Down- or upsampling factor, see {@link #scaler}; one number per spatial dimension or one for
     * all. Default 1.
     */
    default T stride(int... stride) {
        modern().stride(stride);
        return self();
    }

    /**
     * Zeros around the convolution's input on both sides, one number per spatial dimension or one
     * for all. Default 1.
     */
    default T padding(int... padding) {
        modern().padding(padding);
        return self();
    }

    /**
     * Size after upsampling, before the convolution; one number per spatial dimension or one for
     * all. It takes the place of the stride; only with scaler 'up'. Default none.
     */
    default T outputSize(long... outputSize) {
        modern().outputSize(outputSize);
        return self();
    }

    /** Normalization. Default {@link Normalizer#PINST}. */
    default T normalizer(Normalizer normalizer) {
        modern().normalizer(normalizer);
        return self();
    }

    /** Normalization: "batch", "inst", "pinst" or "null". Default "pinst". */
    default T normalizer(String name) {
        modern().normalizer(name);
        return self();
    }

    /** Activation. Default {@link Activator#PRELU}. */
    default T activator(Activator activator) {
        modern().activator(activator);
        return self();
    }

    /** Activation: "prelu", "relu" or "null". Default "prelu". */
    default T activator(String name) {
        modern().activator(name);
        return self();
    }

    /** Order of the parts. Default {@link LayerOrder#NEW}. */
    default T layerOrder(LayerOrder order) {
        modern().layerOrder(order);
        return self();
    }

    /** Order of the parts: "new" or "old". Default "new". */
    default T layerOrder(String name) {
        modern().layerOrder(name);
        return self();
    }

    /** What the stride does. Default {@link Scaler#DOWN}. */
    default T scaler(Scaler scaler) {
        modern().scaler(scaler);
        return self();
    }

    /** What the stride does: "down" or "up". Default "down". */
    default T scaler(String name) {
        modern().scaler(name);
        return self();
    }
}
