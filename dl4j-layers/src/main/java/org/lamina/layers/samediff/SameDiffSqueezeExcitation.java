package org.lamina.layers.samediff;

import org.lamina.layers.builders.SqueezeExcitationBuilder;
import org.lamina.samediff.ops.ActivationOps;
import org.lamina.spec.SqueezeExcitationSpec;

/**
 * Squeeze and excitation, documented by {@link SqueezeExcitationBuilder}.
 *
 * <pre>{@code
 * new SameDiffSqueezeExcitation.Builder().reduction(4).scale(2.0).build()
 * }</pre>
 */
public class SameDiffSqueezeExcitation extends SpecSameDiffLayer<SqueezeExcitationSpec> {

    /** For Jackson. */
    protected SameDiffSqueezeExcitation() {}

    private SameDiffSqueezeExcitation(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SqueezeExcitationBuilder<Builder> {

        @Override
        protected SqueezeExcitationSpec spec() {
            SqueezeExcitationSpec built = super.spec();
            ActivationOps.requireSupported("innerActivation", built.innerActivation());
            ActivationOps.requireSupported("gate", built.gate());
            return built;
        }

        @Override
        public SameDiffSqueezeExcitation build() {
            return new SameDiffSqueezeExcitation(this);
        }
    }
}
