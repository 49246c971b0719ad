package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConstrainedDenseBuilder;
import org.lamina.spec.DenseSpec;

/**
 * Fully connected layer with a norm constraint, documented by {@link ConstrainedDenseBuilder}.
 *
 * <pre>{@code
 * new SameDiffConstrainedDense.Builder().nOut(32).maxNorm(0.25).activation(Activation.RELU).build()
 * }</pre>
 */
public class SameDiffConstrainedDense extends SpecSameDiffLayer<DenseSpec> {

    /** For Jackson. */
    protected SameDiffConstrainedDense() {}

    private SameDiffConstrainedDense(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConstrainedDenseBuilder<Builder> {

        @Override
        public SameDiffConstrainedDense build() {
            return new SameDiffConstrainedDense(this);
        }
    }
}
