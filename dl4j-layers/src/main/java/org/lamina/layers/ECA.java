package org.lamina.layers;

import org.lamina.layers.builders.ECABuilder;
import org.lamina.spec.ECASpec;

/**
 * Efficient channel attention: multiplies each channel by a factor computed from the means of the
 * channel and its neighbors.
 *
 * <pre>{@code
 * new ECA.Builder().scale(2.0).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.layers.samediff.SameDiffECA SameDiffECA}, which documents
 * formula, shapes, parameters, defaults and source; parameters of the two interchange.
 */
public class ECA extends SpecLayer<ECASpec> {

    /** For Jackson. */
    protected ECA() {}

    private ECA(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ECABuilder<Builder> {

        @Override
        public ECA build() {
            return new ECA(this);
        }
    }
}
