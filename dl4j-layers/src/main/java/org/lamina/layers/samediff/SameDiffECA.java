package org.lamina.layers.samediff;

import org.lamina.layers.builders.ECABuilder;
import org.lamina.samediff.ops.ActivationOps;
import org.lamina.spec.ECASpec;

/**
 * Efficient channel attention, documented by {@link ECABuilder}.
 *
 * <pre>{@code
 * new SameDiffECA.Builder().scale(2.0).build()
 * }</pre>
 */
public class SameDiffECA extends SpecSameDiffLayer<ECASpec> {

    /** For Jackson. */
    protected SameDiffECA() {}

    private SameDiffECA(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ECABuilder<Builder> {

        @Override
        protected ECASpec spec() {
            ECASpec built = super.spec();
            ActivationOps.requireSupported("gate", built.gate());
            return built;
        }

        @Override
        public SameDiffECA build() {
            return new SameDiffECA(this);
        }
    }
}
