package org.lamina.layers.conf;

import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvOptions;
import org.lamina.spec.LayerSpec;

/**
 * Base of the builders of convolutions: geometry and bias.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
public abstract class ConvBuilder<T extends ConvBuilder<T, S>, S extends LayerSpec>
        extends SpecLayer.Builder<T, S> implements ConvOptions<T> {

    private final ConvGeometry.Builder geometry;
    private boolean hasBias;

    ConvBuilder(boolean hasBias, int rank, int... kernel) {
        this.geometry = ConvGeometry.builder(rank, kernel);
        this.hasBias = hasBias;
    }

    @Override
    public ConvGeometry.Builder geometry() {
        return geometry;
    }

    /** Whether output channels have a bias. */
    public T hasBias(boolean value) {
        this.hasBias = value;
        return self();
    }

    boolean bias() {
        return hasBias;
    }
}
