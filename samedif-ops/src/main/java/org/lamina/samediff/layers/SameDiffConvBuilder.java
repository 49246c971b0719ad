package org.lamina.samediff.layers;

import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvOptions;
import org.lamina.spec.LayerSpec;

/**
 * Base of the builders of convolutions: geometry and bias.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
abstract class SameDiffConvBuilder<T extends SameDiffConvBuilder<T, S>, S extends LayerSpec>
        extends SpecSameDiffLayer.Builder<T, S> implements ConvOptions<T> {

    private final ConvGeometry.Builder geometry;
    private boolean hasBias;

    SameDiffConvBuilder(boolean hasBias, int rank, int... kernel) {
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
