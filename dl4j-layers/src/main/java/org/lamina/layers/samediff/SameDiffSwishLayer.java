package org.lamina.layers.samediff;

import org.lamina.layers.builders.SwishBuilder;
import org.lamina.spec.SwishSpec;

/**
 * Swish with a slope that can be learned, documented by {@link SwishBuilder}.
 *
 * <pre>{@code
 * new SameDiffSwishLayer.Builder().learnableBeta(true).build()
 * }</pre>
 */
public class SameDiffSwishLayer extends SpecSameDiffLayer<SwishSpec> {

    /** For Jackson. */
    protected SameDiffSwishLayer() {}

    private SameDiffSwishLayer(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SwishBuilder<Builder> {

        @Override
        public SameDiffSwishLayer build() {
            return new SameDiffSwishLayer(this);
        }
    }
}
