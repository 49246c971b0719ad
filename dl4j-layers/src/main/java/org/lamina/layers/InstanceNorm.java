package org.lamina.layers;

import org.lamina.layers.builders.InstanceNormBuilder;
import org.lamina.spec.InstanceNormSpec;

/**
 * Instance normalization, documented by {@link InstanceNormBuilder}.
 *
 * <pre>{@code
 * new InstanceNorm.Builder().affine(true).activation(Activation.RELU).build()
 * }</pre>
 */
public class InstanceNorm extends SpecLayer<InstanceNormSpec> {

    /** For Jackson. */
    protected InstanceNorm() {}

    private InstanceNorm(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends InstanceNormBuilder<Builder> {

        @Override
        public InstanceNorm build() {
            return new InstanceNorm(this);
        }
    }
}
