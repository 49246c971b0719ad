package org.lamina.layers;

import org.lamina.layers.builders.PReLUBuilder;
import org.lamina.spec.PReLUSpec;

/**
 * A rectifier (ReLU) with a learned slope for negative values, one for each channel.
 *
 * <pre>{@code
 * new PReLU.Builder().initialSlope(0.1).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffPReLU SameDiffPReLU}, which
 * documents formula, shapes, parameters, defaults and source; parameters of the two interchange.
 */
public class PReLU extends SpecLayer<PReLUSpec> {

    /** For Jackson. */
    protected PReLU() {}

    private PReLU(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends PReLUBuilder<Builder> {

        @Override
        public PReLU build() {
            return new PReLU(this);
        }
    }
}
