package org.lamina.layers;

import org.lamina.layers.builders.NonlinearityBuilder;
import org.lamina.spec.NonlinearitySpec;

/**
 * Activation function as a separate layer, documented by {@link NonlinearityBuilder}.
 *
 * <pre>{@code
 * new Nonlinearity.Builder().activation(ScaledActivation.unitVariance(new Gelu())).build()
 * }</pre>
 */
public class Nonlinearity extends SpecLayer<NonlinearitySpec> {

    /** For Jackson. */
    protected Nonlinearity() {}

    private Nonlinearity(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends NonlinearityBuilder<Builder> {

        @Override
        public Nonlinearity build() {
            return new Nonlinearity(this);
        }
    }
}
