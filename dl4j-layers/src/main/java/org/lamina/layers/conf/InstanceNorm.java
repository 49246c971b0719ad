package org.lamina.layers.conf;

import org.lamina.builders.InstanceNormBuilder;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.StageLayer;
import org.lamina.spec.InstanceNormSpec;

/**
 * Instance normalization: of each channel of each example over its positions.
 *
 * <pre>{@code
 * new InstanceNorm.Builder().affine(true).activation(Activation.RELU).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.samediff.layers.SameDiffInstanceNorm
 * SameDiffInstanceNorm}, which documents formula, shapes, parameters, defaults and source;
 * parameters of the two interchange.
 */
public class InstanceNorm extends SpecLayer<InstanceNormSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected InstanceNorm() {}

    private InstanceNorm(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return StageLayer.class;
    }

    /** Builder. */
    public static class Builder extends InstanceNormBuilder<Builder> {

        @Override
        @SuppressWarnings("unchecked")
        public InstanceNorm build() {
            return new InstanceNorm(this);
        }
    }
}
