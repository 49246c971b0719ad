package org.lamina.layers;

import org.lamina.layers.builders.SqueezeExcitationBuilder;
import org.lamina.spec.SqueezeExcitationSpec;

/**
 * Squeeze and excitation, documented by {@link SqueezeExcitationBuilder}.
 *
 * <pre>{@code
 * new SqueezeExcitation.Builder().reduction(4).scale(2.0).build()
 * }</pre>
 */
public class SqueezeExcitation extends SpecLayer<SqueezeExcitationSpec> {

    /** For Jackson. */
    protected SqueezeExcitation() {}

    private SqueezeExcitation(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SqueezeExcitationBuilder<Builder> {

        @Override
        public SqueezeExcitation build() {
            return new SqueezeExcitation(this);
        }
    }
}
