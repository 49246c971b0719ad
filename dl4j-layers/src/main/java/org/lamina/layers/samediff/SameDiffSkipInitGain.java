package org.lamina.layers.samediff;

import org.lamina.layers.builders.SkipInitGainBuilder;
import org.lamina.spec.SkipInitGainSpec;

/**
 * Multiplication by a learned scalar, documented by {@link SkipInitGainBuilder}.
 *
 * <pre>{@code
 * new SameDiffSkipInitGain.Builder().initialGain(0.1).build()
 * }</pre>
 */
public class SameDiffSkipInitGain extends SpecSameDiffLayer<SkipInitGainSpec> {

    /** For Jackson. */
    protected SameDiffSkipInitGain() {}

    private SameDiffSkipInitGain(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SkipInitGainBuilder<Builder> {

        @Override
        public SameDiffSkipInitGain build() {
            return new SameDiffSkipInitGain(this);
        }
    }
}
