package org.lamina.layers;

import org.lamina.layers.builders.ConstrainedDenseBuilder;
import org.lamina.spec.DenseSpec;

/**
 * Fully connected layer with a norm constraint: {@code y = x W + b}.
 *
 * <pre>{@code
 * new ConstrainedDense.Builder().nOut(32).maxNorm(0.25).activation(Activation.RELU).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffConstrainedDense
 * SameDiffConstrainedDense}, which documents formula, shapes, parameters, defaults and source;
 * parameters of the two interchange.
 */
public class ConstrainedDense extends SpecLayer<DenseSpec> {

    /** For Jackson. */
    protected ConstrainedDense() {}

    private ConstrainedDense(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConstrainedDenseBuilder<Builder> {

        @Override
        public ConstrainedDense build() {
            return new ConstrainedDense(this);
        }
    }
}
