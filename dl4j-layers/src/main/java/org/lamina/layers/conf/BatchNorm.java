package org.lamina.layers.conf;

import org.lamina.builders.BatchNormBuilder;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.StageLayer;
import org.lamina.spec.BatchNormSpec;

/**
 * Batch normalization of each channel, optionally followed by an activation function.
 *
 * <pre>{@code
 * new BatchNorm.Builder().eps(1e-3).momentum(0.01).activation(Activation.ELU).build()
 * }</pre>
 *
 * <p>The native form of {@link org.lamina.samediff.layers.SameDiffBatchNorm SameDiffBatchNorm},
 * which documents formula, shapes, parameters, defaults and source; parameters of the two
 * interchange.
 */
public class BatchNorm extends SpecLayer<BatchNormSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected BatchNorm() {}

    private BatchNorm(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return StageLayer.class;
    }

    /** Builder. */
    public static class Builder extends BatchNormBuilder<Builder> {

        @Override
        @SuppressWarnings("unchecked")
        public BatchNorm build() {
            return new BatchNorm(this);
        }
    }
}
