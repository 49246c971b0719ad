package org.lamina.layers.builders;

import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvOptions;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.SeparableConvSpec;

/**
 * Options of a depthwise separable convolution. Defaults are PyTorch's: no padding, biases.
 *
 * @param <T> the builder's own type
 */
public abstract class DepthwiseSeparableConvBuilder<T extends DepthwiseSeparableConvBuilder<T>>
        extends AbstractSpecLayer.Builder<T, SeparableConvSpec> implements ConvOptions<T> {

    private final ConvGeometry.Builder geometry;
    private int depthMultiplier = 1;
    private boolean biasDepthwise = true;
    private boolean biasPointwise = true;

    /**
     * Creates a builder.
     *
     * @param rank number of spatial dimensions
     * @param kernel one number per dimension, or one for all
     */
    protected DepthwiseSeparableConvBuilder(int rank, int... kernel) {
        this.geometry = ConvGeometry.builder(rank, kernel).padding(0);
    }

    @Override
    public ConvGeometry.Builder geometry() {
        return geometry;
    }

    /** Filters per input channel, 1 or greater. Default 1. */
    public T depthMultiplier(int value) {
        this.depthMultiplier = value;
        return self();
    }

    /** Whether both parts have biases. Default true. */
    public T hasBias(boolean value) {
        biasDepthwise(value);
        return biasPointwise(value);
    }

    /** Whether the depthwise part has a bias. Default true. */
    public T biasDepthwise(boolean value) {
        this.biasDepthwise = value;
        return self();
    }

    /** Whether the pointwise part has a bias. Default true. */
    public T biasPointwise(boolean value) {
        this.biasPointwise = value;
        return self();
    }

    @Override
    protected SeparableConvSpec spec() {
        return new SeparableConvSpec(
                new DepthwiseConvSpec(
                        getNIn(),
                        depthMultiplier,
                        geometry.build(),
                        biasDepthwise,
                        NormSpec.none()),
                getNOut(),
                biasPointwise,
                NormSpec.none());
    }
}
