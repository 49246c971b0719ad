package org.lamina.layers.samediff;

import org.lamina.layers.builders.BatchNormBuilder;
import org.lamina.spec.BatchNormSpec;

/**
 * Batch normalization, documented by {@link BatchNormBuilder}.
 *
 * <pre>{@code
 * new SameDiffBatchNorm.Builder().eps(1e-3).momentum(0.01).activation(Activation.ELU).build()
 * }</pre>
 */
public class SameDiffBatchNorm extends SpecSameDiffLayer<BatchNormSpec> {

    /** For Jackson. */
    protected SameDiffBatchNorm() {}

    private SameDiffBatchNorm(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends BatchNormBuilder<Builder> {

        @Override
        public SameDiffBatchNorm build() {
            return new SameDiffBatchNorm(this);
        }
    }
}
