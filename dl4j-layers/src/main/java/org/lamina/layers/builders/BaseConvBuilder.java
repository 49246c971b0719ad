package org.lamina.layers.builders;

import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvOptions;
import org.lamina.spec.LayerSpec;

/**
 * Options of all convolutions: geometry and bias.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
abstract class BaseConvBuilder<T extends BaseConvBuilder<T, S>, S extends LayerSpec>
        extends AbstractSpecLayer.Builder<T, S> implements ConvOptions<T> {

    private final ConvGeometry.Builder geometry;
    private boolean hasBias;

    /**
     * Creates a builder.
     *
     * @param hasBias whether the layer has a bias by default
     * @param rank number of spatial dimensions
     * @param kernel one number per dimension, or one for all
     */
    protected BaseConvBuilder(boolean hasBias, int rank, int... kernel) {
        this.geometry = ConvGeometry.builder(rank, kernel);
        this.hasBias = hasBias;
    }

    @Override
    public ConvGeometry.Builder geometry() {
        return geometry;
    }

    /** Whether output channels have a bias. The default depends on the layer. */
    public T hasBias(boolean value) {
        this.hasBias = value;
        return self();
    }

    final boolean bias() {
        return hasBias;
    }
}
