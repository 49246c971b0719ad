package org.lamina.layers;

import org.lamina.layers.builders.SqueezeExcitationBuilder;
import org.lamina.spec.SqueezeExcitationSpec;

/**
 * Squeeze and excitation: multiplies each channel by a factor computed from the means of all
 * channels.
 *
 * <pre>{@code
 * new SqueezeExcitation.Builder().reduction(4).scale(2.0).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffSqueezeExcitation
 * SameDiffSqueezeExcitation}, which documents formula, shapes, parameters, defaults and source;
 * parameters of the two interchange.
 */
public class SqueezeExcitation extends SpecLayer<SqueezeExcitationSpec> {

    /** For Jackson. */
    protected SqueezeExcitation() {}

    private SqueezeExcitation(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SqueezeExcitationBuilder<Builder> {

        @Override
        public SqueezeExcitation build() {
            return new SqueezeExcitation(this);
        }
    }
}
