package org.lamina.spec;

import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Builder methods of {@link TemporalSpatialConvSpec}'s layer, shared by the builders of both forms.
 *
 * <p>They may be called in any order; values are checked when the layer is built, where its name is
 * known. The bounds of a norm select the constraint; see {@link NormSpec}.
 *
 * @param <T> the builder's own type
 */
public interface TemporalSpatialConvOptions<T> {

    /** What is collected so far. */
    Arguments arguments();

    /** This builder. */
    T self();

    /** Number of temporal filters, 1 or greater. Default 8. */
    default T temporalFilters(int value) {
        arguments().temporalFilters = value;
        return self();
    }

    /** Spatial filters for each temporal filter, 1 or greater. Default 2. */
    default T depthMultiplier(int value) {
        arguments().depthMultiplier = value;
        return self();
    }

    /** Zeros before and after the samples. Default: as many as keep their number ('same'). */
    default T padding(int samples) {
        arguments().padding = () -> Padding.of(0, samples);
        return self();
    }

    /** Padding of the samples by rule. Default {@link Padding#same()}. */
    default T padding(Padding value) {
        arguments().padding = () -> value;
        return self();
    }

    /** Padding of the samples by name: "same" or "valid". Default "same". */
    default T padding(String name) {
        arguments().padding = () -> Padding.named(name);
        return self();
    }

    /** Added to the variance, 0 or greater. Default 1e-3. */
    default T eps(double value) {
        arguments().eps = value;
        return self();
    }

    /** Share of a batch's statistics in the running ones, in (0, 1]. Default 0.01. */
    default T momentum(double value) {
        arguments().momentum = value;
        return self();
    }

    /** Whether temporal filters have a bias. Default false: the normalization takes it out. */
    default T temporalBias(boolean value) {
        arguments().temporalBias = value;
        return self();
    }

    /** Whether spatial filters have a bias. Default false. */
    default T spatialBias(boolean value) {
        arguments().spatialBias = value;
        return self();
    }

    /** Largest norm of a temporal filter, or null for no constraint. Default null. */
    default T temporalMaxNorm(Double value) {
        arguments().temporalNorm.max(value);
        return self();
    }

    /** Smallest norm of a temporal filter, or null. Default null. */
    default T temporalMinNorm(Double value) {
        arguments().temporalNorm.min(value);
        return self();
    }

    /** Rate of the temporal constraint when both its bounds are given, in (0, 1]. Default 1. */
    default T temporalMinMaxRate(double value) {
        arguments().temporalNorm.rate(value);
        return self();
    }

    /** Largest norm of a spatial filter, or null for no constraint. Default 1. */
    default T spatialMaxNorm(Double value) {
        arguments().spatialNorm.max(value);
        return self();
    }

    /** Smallest norm of a spatial filter, or null. Default null. */
    default T spatialMinNorm(Double value) {
        arguments().spatialNorm.min(value);
        return self();
    }

    /** Rate of the spatial constraint when both its bounds are given, in (0, 1]. Default 1. */
    default T spatialMinMaxRate(double value) {
        arguments().spatialNorm.rate(value);
        return self();
    }

    /**
     * Axes of both weights over which norms are taken. Default {@link NormAxes#perOutputUnit()}.
     */
    default T normAxes(NormAxes axes) {
        arguments().temporalNorm.axes(axes);
        arguments().spatialNorm.axes(axes);
        return self();
    }

    /** Added to the norms in the denominator. Default 1e-9. */
    default T normEps(double eps) {
        arguments().temporalNorm.eps(eps);
        arguments().spatialNorm.eps(eps);
        return self();
    }

    /** Collects a layer; checks nothing until it builds. */
    final class Arguments {
        private final int[] kernel;
        private int temporalFilters = 8;
        private int depthMultiplier = 2;
        private Supplier<Padding> padding = Padding::same;
        private double eps = 1e-3;
        private double momentum = 0.01;
        private boolean temporalBias;
        private boolean spatialBias;
        private final NormSpec.Builder temporalNorm = NormSpec.builder();
        private final NormSpec.Builder spatialNorm = NormSpec.builder().max(1.0);

        /**
         * The defaults.
         *
         * @param kernel rows of the input and length of a temporal filter
         */
        public Arguments(int... kernel) {
            this.kernel = kernel == null ? null : kernel.clone();
        }

        /**
         * The specification.
         *
         * @param inChannels 0 where it is not given
         * @param outChannels 0 where it is not given
         * @throws IllegalArgumentException naming the field, its value and what is allowed
         */
        public TemporalSpatialConvSpec build(long inChannels, long outChannels) {
            if (kernel == null || kernel.length != 2) {
                throw new IllegalArgumentException(
                        "kernel = "
                                + Arrays.toString(kernel)
                                + "; give 2 numbers: the rows of the input (channels of the"
                                + " recording) and the length of a temporal filter");
            }
            Checks.divisible("temporalFilters", temporalFilters, 1, false);
            TemporalSpatialConvSpec spec =
                    new TemporalSpatialConvSpec(
                            new ConvSpec(
                                    inChannels == 0 ? 1 : inChannels,
                                    temporalFilters,
                                    ConvGeometry.builder(2, 1, kernel[1])
                                            .padding(padding.get())
                                            .build(),
                                    temporalBias,
                                    temporalNorm.build()),
                            new BatchNormSpec(temporalFilters, eps, momentum),
                            new DepthwiseConvSpec(
                                    temporalFilters,
                                    depthMultiplier,
                                    ConvGeometry.ofKernel(kernel[0], 1),
                                    spatialBias,
                                    spatialNorm.build()));
            return spec.withOutChannels(outChannels);
        }
    }
}
