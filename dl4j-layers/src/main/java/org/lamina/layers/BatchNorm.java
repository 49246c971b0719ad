package org.lamina.layers;

import org.lamina.layers.builders.BatchNormBuilder;
import org.lamina.spec.BatchNormSpec;

/**
 * Batch normalization, documented by {@link BatchNormBuilder}.
 *
 * <pre>{@code
 * new BatchNorm.Builder().eps(1e-3).momentum(0.01).activation(Activation.ELU).build()
 * }</pre>
 */
public class BatchNorm extends SpecLayer<BatchNormSpec> {

    /** For Jackson. */
    protected BatchNorm() {}

    private BatchNorm(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends BatchNormBuilder<Builder> {

        @Override
        public BatchNorm build() {
            return new BatchNorm(this);
        }
    }
}
