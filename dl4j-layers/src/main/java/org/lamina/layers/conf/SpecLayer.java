package org.lamina.layers.conf;

import java.util.Objects;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.LayerSpec;
import org.lamina.support.AbstractSpecLayer;

/**
 * Base of the native layer configurations. A layer adds its builder and its implementation.
 *
 * <p>With a mask, each example of a padded minibatch gives what it gives alone; see {@link
 * org.lamina.support.Masks}.
 *
 * @param <S> the layer family's spec
 */
public abstract class SpecLayer<S extends LayerSpec> extends AbstractSpecLayer<S> {

    private static final long serialVersionUID = 1L;

    private boolean inputGradient = true;

    /** For Jackson. */
    protected SpecLayer() {}

    /**
     * Creates the configuration.
     *
     * @throws DL4JInvalidConfigException naming the layer, the field, its value and what is allowed
     */
    protected SpecLayer(Builder<?, S> builder) {
        super(builder);
        this.inputGradient = builder.inputGradient;
    }

    @Override
    protected abstract Class<? extends SpecLayerImpl<?>> implementation();

    @Override
    public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
        InputPreProcessor preProcessor = super.getPreProcessorForInputType(inputType);
        if (preProcessor != null && !inputGradient) {
            throw new DL4JInvalidConfigException(
                    describe()
                            + ": inputGradient(false) with input type "
                            + inputType
                            + ", which DL4J converts for this layer and back in the backward pass;"
                            + " give the network's input in the layer's own form or leave"
                            + " inputGradient on");
        }
        return preProcessor;
    }

    /** Whether the backward pass computes the gradient of the layer's input. */
    public boolean isInputGradient() {
        return inputGradient;
    }

    /** Sets whether the backward pass computes the gradient of the layer's input. */
    public void setInputGradient(boolean inputGradient) {
        this.inputGradient = inputGradient;
    }

    @Override
    public boolean equals(Object o) {
        return super.equals(o) && inputGradient == ((SpecLayer<?>) o).inputGradient;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), inputGradient);
    }

    /**
     * Base of the builders.
     *
     * @param <T> the builder's own type
     * @param <S> the layer family's spec
     */
    public abstract static class Builder<T extends Builder<T, S>, S extends LayerSpec>
            extends AbstractSpecLayer.Builder<T, S> {

        private boolean inputGradient = true;

        /**
         * Whether the backward pass computes the gradient of the layer's input. A network's first
         * layer can do without it: DL4J's training uses it nowhere, and it is a large part of the
         * work. Only a network's first layer, without a preprocessor before it, can be told so.
         * With {@code false}, {@code calculateGradients} and external errors get null for the
         * input's gradient. Default true.
         */
        public T inputGradient(boolean value) {
            this.inputGradient = value;
            return self();
        }
    }
}
