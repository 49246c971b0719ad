package org.lamina.layers;

import org.lamina.layers.builders.SkipInitGainBuilder;
import org.lamina.spec.SkipInitGainSpec;

/**
 * Multiplication by a learned scalar, documented by {@link SkipInitGainBuilder}.
 *
 * <pre>{@code
 * new SkipInitGain.Builder().initialGain(0.1).build()
 * }</pre>
 */
public class SkipInitGain extends SpecLayer<SkipInitGainSpec> {

    /** For Jackson. */
    protected SkipInitGain() {}

    private SkipInitGain(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends SkipInitGainBuilder<Builder> {

        @Override
        public SkipInitGain build() {
            return new SkipInitGain(this);
        }
    }
}
