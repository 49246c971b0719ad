package org.lamina.layers;

import org.lamina.layers.builders.SwishBuilder;
import org.lamina.spec.SwishSpec;

/**
 * Swish, {@code y = x * sigmoid(beta * x)}, with a beta that can be learned; beta 1 is SiLU.
 *
 * <pre>{@code
 * new SwishLayer.Builder().learnableBeta(true).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffSwishLayer SameDiffSwishLayer},
 * which documents formula, shapes, parameters, defaults and source; parameters of the two
 * interchange.
 */
public class SwishLayer extends SpecLayer<SwishSpec> {

    /** For Jackson. */
    protected SwishLayer() {}

    private SwishLayer(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SwishBuilder<Builder> {

        @Override
        public SwishLayer build() {
            return new SwishLayer(this);
        }
    }
}
