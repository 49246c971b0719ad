package org.lamina.layers.conf;

import org.lamina.layers.impl.DenseLayer;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.DenseSpec;
import org.lamina.spec.NormOptions;
import org.lamina.spec.NormSpec;

/**
 * Fully connected layer with a norm constraint: {@code y = x W + b}.
 *
 * <p>Input {@code [N, nIn]}, output {@code [N, nOut]}. Parameters: {@code W [nIn, nOut]}, {@code b
 * [nOut]}, flattened as DL4J's dense layer does. The constraint is on the incoming weights of each
 * output unit, dimension 0 of W.
 *
 * <p>Defaults: the network's activation function (sigmoid, if it names none: DL4J's rule), bias,
 * maximum norm 2.
 *
 * <pre>{@code
 * new ConstrainedDense.Builder().nOut(32).maxNorm(0.25).activation(Activation.RELU).build()
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
public class ConstrainedDense extends SpecLayer<DenseSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected ConstrainedDense() {}

    private ConstrainedDense(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return DenseLayer.class;
    }

    /** Builder. */
    public static class Builder extends SpecLayer.Builder<Builder, DenseSpec>
            implements NormOptions<Builder> {

        private final NormSpec.Builder norm = NormSpec.builder().max(2.0);
        private boolean hasBias = true;

        /** Whether outputs have a bias. Default true. */
        public Builder hasBias(boolean value) {
            this.hasBias = value;
            return this;
        }

        @Override
        public NormSpec.Builder norm() {
            return norm;
        }

        @Override
        protected DenseSpec spec() {
            return new DenseSpec(getNIn(), getNOut(), hasBias, norm.build());
        }

        @Override
        @SuppressWarnings("unchecked")
        public ConstrainedDense build() {
            return new ConstrainedDense(this);
        }
    }
}
