package org.lamina.layers.builders;

import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.DenseSpec;
import org.lamina.spec.NormOptions;
import org.lamina.spec.NormSpec;

/**
 * Options of a fully connected layer with a norm constraint.
 *
 * @param <T> the builder's own type
 */
public abstract class ConstrainedDenseBuilder<T extends ConstrainedDenseBuilder<T>>
        extends AbstractSpecLayer.Builder<T, DenseSpec> implements NormOptions<T> {

    private final NormSpec.Builder norm = NormOptions.defaults();
    private boolean hasBias = true;

    /** Whether outputs have a bias. Default true. */
    public T hasBias(boolean value) {
        this.hasBias = value;
        return self();
    }

    @Override
    public NormSpec.Builder norm() {
        return norm;
    }

    @Override
    protected DenseSpec spec() {
        return new DenseSpec(getNIn(), getNOut(), hasBias, norm.build());
    }
}
