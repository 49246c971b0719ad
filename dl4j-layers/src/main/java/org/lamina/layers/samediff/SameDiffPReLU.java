package org.lamina.layers.samediff;

import org.lamina.layers.builders.PReLUBuilder;
import org.lamina.spec.PReLUSpec;

/**
 * ReLU with a learned slope for negative values, documented by {@link PReLUBuilder}.
 *
 * <pre>{@code
 * new SameDiffPReLU.Builder().initialSlope(0.1).build()
 * }</pre>
 */
public class SameDiffPReLU extends SpecSameDiffLayer<PReLUSpec> {

    /** For Jackson. */
    protected SameDiffPReLU() {}

    private SameDiffPReLU(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends PReLUBuilder<Builder> {

        @Override
        public SameDiffPReLU build() {
            return new SameDiffPReLU(this);
        }
    }
}
