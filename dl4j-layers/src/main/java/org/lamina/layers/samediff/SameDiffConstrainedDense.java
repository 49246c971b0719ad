package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConstrainedDenseBuilder;
import org.lamina.spec.DenseSpec;

/**
 * Fully connected layer with a norm constraint: {@code y = x W + b}.
 *
 * <p>Input {@code [N, nIn]}, output {@code [N, nOut]}. Parameters: {@code W [nIn, nOut]}, {@code b
 * [nOut]}, flattened as DL4J's dense layer does. The constraint is on the incoming weights of each
 * output unit, dimension 0 of W.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), bias,
 * maximum norm 2.
 *
 * <pre>{@code
 * new SameDiffConstrainedDense.Builder().nOut(32).maxNorm(0.25).activation(Activation.RELU).build()
 * }</pre>
 *
 * <p>Source: selfEEG 0.2, {@code selfeeg.models.layers.ConstrainedDense},
 * https://github.com/MedMaxLab/selfEEG.
 *
 * <p>Differs from the source in: W is the transpose of PyTorch's, so PyTorch's norm axis 1 is axis
 * 0 here (both are {@link org.lamina.spec.NormAxes#perOutputUnit()}); the weights are constrained
 * after an update instead of before a forward pass (the same weights in every forward pass); a
 * minimum norm without a maximum is an error instead of being ignored.
 */
public class SameDiffConstrainedDense extends SpecSameDiffLayer<DenseSpec> {

    /** For Jackson. */
    protected SameDiffConstrainedDense() {}

    private SameDiffConstrainedDense(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConstrainedDenseBuilder<Builder> {

        @Override
        public SameDiffConstrainedDense build() {
            return new SameDiffConstrainedDense(this);
        }
    }
}
