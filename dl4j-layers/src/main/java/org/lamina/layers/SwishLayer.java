package org.lamina.layers;

import org.lamina.layers.builders.SwishBuilder;
import org.lamina.spec.SwishSpec;

/**
 * Swish with a slope that can be learned, documented by {@link SwishBuilder}.
 *
 * <pre>{@code
 * new SwishLayer.Builder().learnableBeta(true).build()
 * }</pre>
 */
public class SwishLayer extends SpecLayer<SwishSpec> {

    /** For Jackson. */
    protected SwishLayer() {}

    private SwishLayer(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SwishBuilder<Builder> {

        @Override
        public SwishLayer build() {
            return new SwishLayer(this);
        }
    }
}
