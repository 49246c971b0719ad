package org.lamina.layers;

import org.lamina.layers.builders.SkipInitGainBuilder;
import org.lamina.spec.SkipInitGainSpec;

/**
 * Multiplication by a learned scalar, {@code y = gain * x}: at the end of a residual branch, it
 * makes training start from the identity.
 *
 * <pre>{@code
 * new SkipInitGain.Builder().initialGain(0.1).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffSkipInitGain
 * SameDiffSkipInitGain}, which documents formula, shapes, parameters, defaults and source;
 * parameters of the two interchange.
 */
public class SkipInitGain extends SpecLayer<SkipInitGainSpec> {

    /** For Jackson. */
    protected SkipInitGain() {}

    private SkipInitGain(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SkipInitGainBuilder<Builder> {

        @Override
        public SkipInitGain build() {
            return new SkipInitGain(this);
        }
    }
}
