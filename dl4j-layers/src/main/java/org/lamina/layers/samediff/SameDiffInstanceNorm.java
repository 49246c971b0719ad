package org.lamina.layers.samediff;

import org.lamina.layers.builders.InstanceNormBuilder;
import org.lamina.spec.InstanceNormSpec;

/**
 * Instance normalization, documented by {@link InstanceNormBuilder}.
 *
 * <pre>{@code
 * new SameDiffInstanceNorm.Builder().affine(true).activation(Activation.RELU).build()
 * }</pre>
 */
public class SameDiffInstanceNorm extends SpecSameDiffLayer<InstanceNormSpec> {

    /** For Jackson. */
    protected SameDiffInstanceNorm() {}

    private SameDiffInstanceNorm(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends InstanceNormBuilder<Builder> {

        @Override
        public SameDiffInstanceNorm build() {
            return new SameDiffInstanceNorm(this);
        }
    }
}
