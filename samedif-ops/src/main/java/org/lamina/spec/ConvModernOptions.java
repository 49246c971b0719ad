package org.lamina.spec;

import java.util.Arrays;
import java.util.function.Supplier;

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
    Arguments arguments();

    /** This builder. */
    T self();

    /**
     * Down- or upsampling factor, see {@link #scaler}; one number per spatial dimension or one for
     * all. Default 1.
     */
    default T stride(int... stride) {
        arguments().stride = stride == null ? null : stride.clone();
        return self();
    }

    /**
     * Zeros around the convolution's input on both sides, one number per spatial dimension or one
     * for all. Default 1.
     */
    default T padding(int... padding) {
        arguments().padding = padding == null ? null : padding.clone();
        return self();
    }

    /**
     * Size after upsampling, before the convolution; one number per spatial dimension or one for
     * all. It takes the place of the stride; only with scaler 'up'. Default none.
     */
    default T outputSize(long... outputSize) {
        arguments().outputSize = outputSize == null ? null : outputSize.clone();
        return self();
    }

    /** Normalization. Default {@link Normalizer#PINST}. */
    default T normalizer(Normalizer normalizer) {
        arguments().normalizer = () -> normalizer;
        return self();
    }

    /** Normalization: "batch", "inst", "pinst" or "null". Default "pinst". */
    default T normalizer(String name) {
        arguments().normalizer = () -> Checks.named("normalizer", name, Normalizer.class);
        return self();
    }

    /** Activation. Default {@link Activator#PRELU}. */
    default T activator(Activator activator) {
        arguments().activator = () -> activator;
        return self();
    }

    /** Activation: "prelu", "relu" or "null". Default "prelu". */
    default T activator(String name) {
        arguments().activator = () -> Checks.named("activator", name, Activator.class);
        return self();
    }

    /** Order of the parts. Default {@link LayerOrder#NEW}. */
    default T layerOrder(LayerOrder order) {
        arguments().order = () -> order;
        return self();
    }

    /** Order of the parts: "new" or "old". Default "new". */
    default T layerOrder(String name) {
        arguments().order = () -> Checks.named("layerOrder", name, LayerOrder.class);
        return self();
    }

    /** What the stride does. Default {@link Scaler#DOWN}. */
    default T scaler(Scaler scaler) {
        arguments().scaler = () -> scaler;
        return self();
    }

    /** What the stride does: "down" or "up". Default "down". */
    default T scaler(String name) {
        arguments().scaler = () -> Checks.named("scaler", name, Scaler.class);
        return self();
    }

    /** Collects a layer as the source's arguments describe it; checks nothing until it builds. */
    final class Arguments {
        private final int rank;
        private final int[] kernel;
        private int[] stride = {1};
        private int[] padding = {1};
        private long[] outputSize;
        private Supplier<Normalizer> normalizer = () -> Normalizer.PINST;
        private Supplier<Activator> activator = () -> Activator.PRELU;
        private Supplier<LayerOrder> order = () -> LayerOrder.NEW;
        private Supplier<Scaler> scaler = () -> Scaler.DOWN;

        /**
         * The source's defaults.
         *
         * @param rank number of spatial dimensions
         * @param kernel one number per dimension, or one for all
         */
        public Arguments(int rank, int... kernel) {
            this.rank = rank;
            this.kernel = kernel == null ? null : kernel.clone();
        }

        /**
         * The specification.
         *
         * @throws IllegalArgumentException naming the field, its value and what is allowed
         */
        public ConvModernSpec build(long inChannels, long outChannels) {
            ConvGeometry strided =
                    ConvGeometry.builder(rank, kernel).stride(stride).padding(padding).build();
            boolean up = Checks.given("scaler", scaler.get(), Scaler.class) == Scaler.UP;
            return new ConvModernSpec(
                    inChannels,
                    outChannels,
                    up ? strided.withStride(1) : strided,
                    upsampling(strided.stride(), up),
                    normalizer.get(),
                    activator.get(),
                    order.get());
        }

        private UpsampleGeometry upsampling(int[] strides, boolean up) {
            boolean scales = Arrays.stream(strides).anyMatch(s -> s > 1);
            if (outputSize != null && (scales || !up)) {
                throw new IllegalArgumentException(
                        "outputSize = "
                                + Arrays.toString(outputSize)
                                + " with "
                                + (up ? "stride = " + Arrays.toString(strides) : "scaler = 'down'")
                                + "; it needs scaler 'up' and takes the place of the stride");
            }
            if (outputSize != null) {
                return new UpsampleGeometry(rank, null, outputSize);
            }
            double[] scale = Arrays.stream(strides).asDoubleStream().toArray();
            return up && scales ? new UpsampleGeometry(rank, scale, null) : null;
        }
    }
}
