package org.lamina.layers;

import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WSConvTransposeSpec;

/**
 * Base of the native layer configurations. A subclass adds its builder; the spec determines the
 * kernels.
 *
 * <p>With a mask, each example of a padded minibatch gives the same output as on its own; see
 * {@link org.lamina.arrays.Masks}.
 *
 * @param <S> the layer family's spec
 */
public abstract class SpecLayer<S extends LayerSpec> extends AbstractSpecLayer<S> {

    /** For Jackson. */
    protected SpecLayer() {}

    /**
     * Creates the configuration.
     *
     * @throws DL4JInvalidConfigException naming the layer, the field, its value and what is allowed
     */
    protected SpecLayer(Builder<?, S> builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl> implementation() {
        boolean standardizes =
                getSpec() instanceof WSConvSpec || getSpec() instanceof WSConvTransposeSpec;
        return standardizes ? WSConvLayer.class : SpecLayerImpl.class;
    }
}
