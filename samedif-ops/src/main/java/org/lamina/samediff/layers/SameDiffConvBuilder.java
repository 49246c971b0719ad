package org.lamina.samediff.layers;

import java.util.Arrays;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvOptions;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.Padding;

/**
 * Base of the builders of convolutions: geometry and bias.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
abstract class SameDiffConvBuilder<T extends SameDiffConvBuilder<T, S>, S extends LayerSpec>
        extends SpecSameDiffLayer.Builder<T, S> implements ConvOptions<T> {

    private ConvGeometry geometry;
    private boolean hasBias;

    SameDiffConvBuilder(boolean hasBias, int rank, int... kernel) {
        int[] all = kernel;
        if (kernel.length == 1 && rank > 1) {
            all = new int[rank];
            Arrays.fill(all, kernel[0]);
        } else if (kernel.length != rank) {
            throw new IllegalArgumentException(
                    "kernel = " + Arrays.toString(kernel) + "; give one number or " + rank);
        }
        this.geometry = ConvGeometry.ofKernel(all).withPadding(Padding.same());
        this.hasBias = hasBias;
    }

    @Override
    public ConvGeometry geometry() {
        return geometry;
    }

    @Override
    public T geometry(ConvGeometry value) {
        this.geometry = value;
        return self();
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
