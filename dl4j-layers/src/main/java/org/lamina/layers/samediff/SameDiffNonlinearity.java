package org.lamina.layers.samediff;

import org.lamina.layers.builders.NonlinearityBuilder;
import org.lamina.spec.NonlinearitySpec;

/**
 * Activation function as a separate layer, documented by {@link NonlinearityBuilder}.
 *
 * <pre>{@code
 * new SameDiffNonlinearity.Builder().activation(ScaledActivation.unitVariance(new Gelu())).build()
 * }</pre>
 */
public class SameDiffNonlinearity extends SpecSameDiffLayer<NonlinearitySpec> {

    /** For Jackson. */
    protected SameDiffNonlinearity() {}

    private SameDiffNonlinearity(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends NonlinearityBuilder<Builder> {

        @Override
        public SameDiffNonlinearity build() {
            return new SameDiffNonlinearity(this);
        }
    }
}
