package org.lamina.layers.builders;

import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.DenseSpec;
import org.lamina.spec.NormAxes;
import org.lamina.spec.NormOptions;
import org.lamina.spec.NormSpec;

/**
 * Fully connected layer with a norm constraint: {@code y = x W + b}.
 *
 * <p>Input {@code [N, nIn]}, output {@code [N, nOut]}. Parameters: {@code W [nIn, nOut]}, {@code b
 * [nOut]}, flattened as in DL4J's dense layer. The constraint is on the incoming weights of each
 * output unit, dimension 0 of W.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), a bias,
 * maximum norm 2.
 *
 * <p>Source: selfEEG 0.2, {@code selfeeg.models.layers.ConstrainedDense},
 * https://github.com/MedMaxLab/selfEEG.
 *
 * <p>Differs from the source in: the weights are constrained after an update instead of before a
 * forward pass ({@link #constrainOnForward}); a minimum norm without a maximum is an error instead
 * of being ignored. W is the transpose of PyTorch's, so PyTorch's norm axis 1 is axis 0 here (both
 * are {@link NormAxes#perOutputUnit()}).
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
