package org.lamina.layers.builders;

import java.util.Arrays;
import java.util.function.Supplier;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.Checks;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.NormAxes;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Padding;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * Options of layers that combine a temporal and a spatial convolution. There is no activation
 * function unless one is given; the network's global one is not applied. Each layer documents its
 * defaults.
 *
 * <p>The bounds of a norm select the constraint; see {@link NormSpec}.
 *
 * @param <T> the builder's own type
 * @param <S> the layer's spec
 */
abstract class BaseTemporalSpatialBuilder<
                T extends BaseTemporalSpatialBuilder<T, S>, S extends LayerSpec>
        extends AbstractSpecLayer.Builder<T, S> {

    private final int[] kernel;
    private int temporalFilters;
    private Supplier<Padding> padding = Padding::valid;
    private boolean temporalBias;
    private boolean spatialBias;
    private final NormSpec.Builder temporalNorm = NormSpec.builder();
    private final NormSpec.Builder spatialNorm = NormSpec.builder();

    /** Rows of the input and length of a temporal filter. */
    protected BaseTemporalSpatialBuilder(int... kernel) {
        this.kernel = kernel == null ? null : kernel.clone();
        activation(new ActivationIdentity());
    }

    /** Number of temporal filters, 1 or greater. */
    public T temporalFilters(int value) {
        this.temporalFilters = value;
        return self();
    }

    /** Zeros before and after the samples. */
    public T padding(int samples) {
        this.padding = () -> Padding.of(0, samples);
        return self();
    }

    /** Padding rule for the samples. */
    public T padding(Padding value) {
        this.padding = () -> value;
        return self();
    }

    /** Padding rule for the samples: "same" or "valid". */
    public T padding(String name) {
        this.padding = () -> Padding.named(name);
        return self();
    }

    /** Whether temporal filters have a bias. */
    public T temporalBias(boolean value) {
        this.temporalBias = value;
        return self();
    }

    /** Whether spatial filters have a bias. */
    public T spatialBias(boolean value) {
        this.spatialBias = value;
        return self();
    }

    /** Largest norm of a temporal filter, or null for no constraint. */
    public T temporalMaxNorm(Double value) {
        temporalNorm.max(value);
        return self();
    }

    /** Smallest norm of a temporal filter, or null. */
    public T temporalMinNorm(Double value) {
        temporalNorm.min(value);
        return self();
    }

    /** Rate of the temporal constraint when both its bounds are given, in (0, 1]. Default 1. */
    public T temporalMinMaxRate(double value) {
        temporalNorm.rate(value);
        return self();
    }

    /** Largest norm of a spatial filter, or null for no constraint. */
    public T spatialMaxNorm(Double value) {
        spatialNorm.max(value);
        return self();
    }

    /** Smallest norm of a spatial filter, or null. */
    public T spatialMinNorm(Double value) {
        spatialNorm.min(value);
        return self();
    }

    /** Rate of the spatial constraint when both its bounds are given, in (0, 1]. Default 1. */
    public T spatialMinMaxRate(double value) {
        spatialNorm.rate(value);
        return self();
    }

    /**
     * Axes of both weights over which norms are taken. Default {@link NormAxes#perOutputUnit()}.
     */
    public T normAxes(NormAxes axes) {
        temporalNorm.axes(axes);
        spatialNorm.axes(axes);
        return self();
    }

    /** Added to the norms in the denominator. Default 1e-9. */
    public T normEps(double eps) {
        temporalNorm.eps(eps);
        spatialNorm.eps(eps);
        return self();
    }

    /** The temporal convolution. */
    final ConvSpec temporal() {
        if (kernel == null || kernel.length != 2) {
            throw new IllegalArgumentException(
                    String.format(
                            "kernel = %s; give 2 numbers: the rows of the input (channels of the"
                                    + " recording) and the length of a temporal filter",
                            Arrays.toString(kernel)));
        }
        Checks.divisible("temporalFilters", temporalFilters, 1, false);
        return new ConvSpec(
                getNIn() == 0 ? 1 : getNIn(),
                temporalFilters,
                ConvGeometry.builder(2, 1, kernel[1]).padding(padding.get()).build(),
                temporalBias,
                temporalNorm.build());
    }

    /** Geometry of the spatial convolution. */
    final ConvGeometry spatialGeometry() {
        return ConvGeometry.ofKernel(kernel[0], 1);
    }

    final boolean hasSpatialBias() {
        return spatialBias;
    }

    final NormSpec spatialNorm() {
        return spatialNorm.build();
    }
}
