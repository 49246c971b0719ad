package org.lamina.layers;

import org.lamina.layers.builders.ConstrainedDenseBuilder;
import org.lamina.spec.DenseSpec;

/**
 * Fully connected layer with a norm constraint, documented by {@link ConstrainedDenseBuilder}.
 *
 * <pre>{@code
 * new ConstrainedDense.Builder().nOut(32).maxNorm(0.25).activation(Activation.RELU).build()
 * }</pre>
 */
public class ConstrainedDense extends SpecLayer<DenseSpec> {

    /** For Jackson. */
    protected ConstrainedDense() {}

    private ConstrainedDense(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConstrainedDenseBuilder<Builder> {

        @Override
        public ConstrainedDense build() {
            return new ConstrainedDense(this);
        }
    }
}
