package org.lamina.layers;

import org.lamina.layers.builders.InstanceNormBuilder;
import org.lamina.spec.InstanceNormSpec;

/**
 * Instance normalization: normalizes each channel of each example over its positions.
 *
 * <pre>{@code
 * new InstanceNorm.Builder().affine(true).activation(Activation.RELU).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffInstanceNorm
 * SameDiffInstanceNorm}, which documents formula, shapes, parameters, defaults and source;
 * parameters of the two interchange.
 */
public class InstanceNorm extends SpecLayer<InstanceNormSpec> {

    /** For Jackson. */
    protected InstanceNorm() {}

    private InstanceNorm(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends InstanceNormBuilder<Builder> {

        @Override
        public InstanceNorm build() {
            return new InstanceNorm(this);
        }
    }
}
