package org.lamina.layers;

import org.lamina.layers.builders.NonlinearityBuilder;
import org.lamina.spec.NonlinearitySpec;

/**
 * An activation function as a separate layer: {@code y = f(x)}.
 *
 * <pre>{@code
 * new Nonlinearity.Builder().activation(ScaledActivation.unitVariance(new Gelu())).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffNonlinearity
 * SameDiffNonlinearity}, which documents formula, shapes, parameters, defaults and source;
 * parameters of the two interchange.
 */
public class Nonlinearity extends SpecLayer<NonlinearitySpec> {

    /** For Jackson. */
    protected Nonlinearity() {}

    private Nonlinearity(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends NonlinearityBuilder<Builder> {

        @Override
        public Nonlinearity build() {
            return new Nonlinearity(this);
        }
    }
}
