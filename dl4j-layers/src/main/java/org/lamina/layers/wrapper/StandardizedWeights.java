package org.lamina.layers.wrapper;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.lamina.layers.base.NamedClass;
import org.lamina.spec.FWSSpec;
import org.lamina.spec.StandardizationOptions;
import org.lamina.spec.WeightStandardization;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Wraps a convolution layer and standardizes its weights before each forward pass.
 *
 * <pre>
 * W[u] = gain[u] * (W[u] - mean(W[u])) / sqrt(max(var(W[u]) * fanIn, eps))     in place
 * y    = layer(x)
 * </pre>
 *
 * <p>for each unit u: an output channel, or an input channel of a transposed convolution (the first
 * axis of PyTorch's weight). Input and output are the wrapped layer's. Parameters: the wrapped
 * layer's, then {@code gain [units]}.
 *
 * <p>By default the standardized weights replace the stored ones, in training and in evaluation;
 * their gradient is the wrapped layer's, and the gain is never trained. With {@code
 * differentiable(true)} the stored weights are left unchanged, the layer uses standardized ones,
 * and gradients flow through mean and variance into weights and gain.
 *
 * <p>Defaults: elektronn3's formula (unbiased variance, fan-in over all weights) with eps 1e-4,
 * gain 1, learnable if differentiable, standardization in evaluation too, not differentiable.
 * Activation, initialization, updater, dropout and constraints are the wrapped layer's; setting
 * them here, also by a network, {@code setLearningRate} or {@code FineTuneConfiguration}, sets them
 * on the wrapped layer.
 *
 * <p>Source: elektronn3, {@code elektronn3.modules.wsconv.FWS},
 * https://github.com/ELEKTRONN/elektronn3.
 *
 * <p>Differs from the source in: the other published formulas and {@code differentiable(true)} are
 * options. As in the source, a learnable gain is not trained unless differentiable.
 */
public abstract class StandardizedWeights extends ConvolutionWrapper {

    @JsonProperty private FWSSpec spec;

    /** For Jackson. */
    protected StandardizedWeights() {}

    /**
     * Creates the configuration around a copy of the layer.
     *
     * @throws DL4JInvalidConfigException naming the layer, the field, its value and what is allowed
     */
    protected StandardizedWeights(Builder<?> builder) {
        layerName = builder.getLayerName();
        if (builder.layer == null) {
            throw new DL4JInvalidConfigException(
                    describe() + ": layer = null; give a convolution layer");
        }
        if (layerName == null) {
            layerName = builder.layer.getLayerName();
        }
        try {
            this.spec = builder.spec();
        } catch (IllegalArgumentException e) {
            throw new DL4JInvalidConfigException(describe() + ": " + e.getMessage());
        }
        checkUnits(builder.layer);
        setUnderlying((FeedForwardLayer) builder.layer.clone());
        setLayerName(layerName);
        if (builder.getIDropout() != null) {
            setIDropout(builder.getIDropout());
        }
        addConstraints(builder);
    }

    /** Adds the builder's constraints to those of the wrapped layer. */
    private void addConstraints(Builder<?> builder) {
        initializeConstraints(builder);
        if (constraints != null) {
            List<LayerConstraint> all = new ArrayList<>(constraints);
            if (getUnderlying().getConstraints() != null) {
                all.addAll(getUnderlying().getConstraints());
            }
            setConstraints(all);
        }
    }

    /**
     * The units of the wrapped layer's weight.
     *
     * @param wrapped a {@link FeedForwardLayer}
     * @throws IllegalArgumentException if the layer cannot be wrapped, with the reason
     */
    protected abstract WeightUnits unitsOf(org.deeplearning4j.nn.conf.layers.Layer wrapped);

    /**
     * The implementation, a class with a public constructor of the wrapped layer's implementation,
     * the configuration and the parameters. Networks use a subclass named after the layer, for
     * DL4J's {@code summary()}.
     */
    protected abstract Class<? extends StandardizedWeightsLayer> implementation();

    /** The units of the wrapped layer's weight. */
    public WeightUnits units() {
        return unitsOf(getUnderlying());
    }

    private void checkUnits(org.deeplearning4j.nn.conf.layers.Layer wrapped) {
        try {
            spec.standardization().checkUnit(unitsOf(wrapped).elements(), "unit");
        } catch (IllegalArgumentException e) {
            throw new DL4JInvalidConfigException(
                    String.format(
                            "%s: layer = %s; %s",
                            describe(), wrapped.getClass().getSimpleName(), e.getMessage()));
        }
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray paramsView,
            boolean initializeParams,
            DataType dataType) {
        checkUnits(getUnderlying());
        initializer().init(conf, paramsView, initializeParams);
        NeuralNetConfiguration inner = conf.clone();
        inner.setLayer(getUnderlying());
        inner.clearVariables();
        Layer wrapped =
                getUnderlying()
                        .instantiate(
                                inner,
                                listeners,
                                index,
                                StandardizedParamInitializer.innerPart(this, paramsView),
                                false,
                                dataType);
        return NamedClass.newInstance(implementation(), getClass(), wrapped, conf, paramsView);
    }

    @Override
    public ParamInitializer initializer() {
        return StandardizedParamInitializer.INSTANCE;
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        super.setNIn(inputType, override);
        checkUnits(getUnderlying());
    }

    @Override
    public IUpdater getUpdaterByParam(String param) {
        return param.equals(FWSSpec.GAIN) && !spec.gainLearns()
                ? new NoOp()
                : super.getUpdaterByParam(param);
    }

    @Override
    public List<Regularization> getRegularizationByParam(String param) {
        return param.equals(FWSSpec.GAIN) ? null : super.getRegularizationByParam(param);
    }

    @Override
    public boolean isPretrainParam(String param) {
        return !param.equals(FWSSpec.GAIN) && super.isPretrainParam(param);
    }

    /** How weights are standardized. */
    public FWSSpec getSpec() {
        return spec;
    }

    /** Type and name of the layer, for messages. */
    public String describe() {
        return getClass().getSimpleName() + " \"" + (layerName == null ? "" : layerName) + "\"";
    }

    @Override
    public boolean equals(Object o) {
        return o != null
                && o.getClass() == getClass()
                && Objects.equals(layerName, ((StandardizedWeights) o).layerName)
                && spec.equals(((StandardizedWeights) o).spec)
                && getUnderlying().equals(((StandardizedWeights) o).getUnderlying());
    }

    @Override
    public int hashCode() {
        return Objects.hash(layerName, spec, getUnderlying());
    }

    @Override
    public String toString() {
        return describe() + "(" + getUnderlying() + ", " + spec + ")";
    }

    /**
     * Base of the builders. Dropout and constraints given here are added to the wrapped layer's.
     *
     * @param <T> the builder's own type
     */
    public abstract static class Builder<T extends Builder<T>>
            extends org.deeplearning4j.nn.conf.layers.Layer.Builder<T>
            implements StandardizationOptions<T> {

        private final org.deeplearning4j.nn.conf.layers.Layer layer;
        private final WeightStandardization.Builder standardization =
                StandardizationOptions.defaults();
        private boolean learnableGain = true;
        private boolean constEval;
        private boolean differentiable;

        /** Wraps a copy of the layer. */
        protected Builder(org.deeplearning4j.nn.conf.layers.Layer layer) {
            this.layer = layer;
        }

        @Override
        @SuppressWarnings("unchecked")
        public T self() {
            return (T) this;
        }

        @Override
        public WeightStandardization.Builder standardization() {
            return standardization;
        }

        /**
         * Whether the gain is trained; requires {@link #differentiable}, without which it has no
         * gradient. Default true.
         */
        public T learnableGain(boolean value) {
            this.learnableGain = value;
            return self();
        }

        /** Whether evaluation uses the stored weights without standardizing them. Default false. */
        public T constEval(boolean value) {
            this.constEval = value;
            return self();
        }

        /**
         * Whether the stored weights are left unchanged, the wrapped layer uses standardized ones,
         * and gradients flow through the standardization into weights and gain. Default false: the
         * standardized weights replace the stored ones, and their gradient is used directly.
         */
        public T differentiable(boolean value) {
            this.differentiable = value;
            return self();
        }

        private FWSSpec spec() {
            return new FWSSpec(standardization.build(), learnableGain, constEval, differentiable);
        }
    }
}
