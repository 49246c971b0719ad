package org.lamina.layers;

import org.lamina.layers.builders.PReLUBuilder;
import org.lamina.spec.PReLUSpec;

/**
 * ReLU with a learned slope for negative values, documented by {@link PReLUBuilder}.
 *
 * <pre>{@code
 * new PReLU.Builder().initialSlope(0.1).build()
 * }</pre>
 */
public class PReLU extends SpecLayer<PReLUSpec> {

    /** For Jackson. */
    protected PReLU() {}

    private PReLU(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends PReLUBuilder<Builder> {

        @Override
        public PReLU build() {
            return new PReLU(this);
        }
    }
}
