package org.lamina.layers;

import org.lamina.layers.builders.ECABuilder;
import org.lamina.spec.ECASpec;

/**
 * Efficient channel attention, documented by {@link ECABuilder}.
 *
 * <pre>{@code
 * new ECA.Builder().scale(2.0).build()
 * }</pre>
 */
public class ECA extends SpecLayer<ECASpec> {

    /** For Jackson. */
    protected ECA() {}

    private ECA(Builder builder) {
        super(builder);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ECABuilder<Builder> {

        @Override
        public ECA build() {
            return new ECA(this);
        }
    }
}
