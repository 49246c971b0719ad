package org.lamina.builders;

import java.util.Arrays;
import java.util.function.Supplier;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.Checks;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.NormAxes;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.lamina.support.AbstractSpecLayer;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * Options of a temporal convolution, batch normalization and spatial convolution in one. Unless one
 * is given there is no activation function: a global one of the network is not applied.
 *
 * <p>The bounds of a norm select the constraint; see {@link NormSpec}.
 *
 * @param <T> the builder's own type
 */
public abstract class TemporalSpatialConvBuilder<T extends TemporalSpatialConvBuilder<T>>
        extends AbstractSpecLayer.Builder<T, TemporalSpatialConvSpec> {

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
     * Starts a layer.
     *
     * @param kernel rows of the input and length of a temporal filter
     */
    protected TemporalSpatialConvBuilder(int... kernel) {
        this.kernel = kernel == null ? null : kernel.clone();
        activation(new ActivationIdentity());
    }

    /** Number of temporal filters, 1 or greater. Default 8. */
    public T temporalFilters(int value) {
        this.temporalFilters = value;
        return self();
    }

    /** Spatial filters for each temporal filter, 1 or greater. Default 2. */
    public T depthMultiplier(int value) {
        this.depthMultiplier = value;
        return self();
    }

    /** Zeros before and after the samples. Default: as many as keep their number ('same'). */
    public T padding(int samples) {
        this.padding = () -> Padding.of(0, samples);
        return self();
    }

    /** Padding of the samples by rule. Default {@link Padding#same()}. */
    public T padding(Padding value) {
        this.padding = () -> value;
        return self();
    }

    /** Padding of the samples by name: "same" or "valid". Default "same". */
    public T padding(String name) {
        this.padding = () -> Padding.named(name);
        return self();
    }

    /** Added to the variance, 0 or greater. Default 1e-3. */
    public T eps(double value) {
        this.eps = value;
        return self();
    }

    /** Share of a batch's statistics in the running ones, in (0, 1]. Default 0.01. */
    public T momentum(double value) {
        this.momentum = value;
        return self();
    }

    /** Whether temporal filters have a bias. Default false: the normalization takes it out. */
    public T temporalBias(boolean value) {
        this.temporalBias = value;
        return self();
    }

    /** Whether spatial filters have a bias. Default false. */
    public T spatialBias(boolean value) {
        this.spatialBias = value;
        return self();
    }

    /** Largest norm of a temporal filter, or null for no constraint. Default null. */
    public T temporalMaxNorm(Double value) {
        temporalNorm.max(value);
        return self();
    }

    /** Smallest norm of a temporal filter, or null. Default null. */
    public T temporalMinNorm(Double value) {
        temporalNorm.min(value);
        return self();
    }

    /** Rate of the temporal constraint when both its bounds are given, in (0, 1]. Default 1. */
    public T temporalMinMaxRate(double value) {
        temporalNorm.rate(value);
        return self();
    }

    /** Largest norm of a spatial filter, or null for no constraint. Default 1. */
    public T spatialMaxNorm(Double value) {
        spatialNorm.max(value);
        return self();
    }

    /** Smallest norm of a spatial filter, or null. Default null. */
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

    @Override
    protected TemporalSpatialConvSpec spec() {
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
                                getNIn() == 0 ? 1 : getNIn(),
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
        return spec.withOutChannels(getNOut());
    }
}
