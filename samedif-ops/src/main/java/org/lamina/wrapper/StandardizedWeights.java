package org.lamina.wrapper;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.lamina.spec.FWSSpec;
import org.lamina.spec.StandardizationOptions;
import org.lamina.spec.WeightStandardization;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/**
 * Base of the configurations that wrap a convolution layer and standardize its weights. Dropout,
 * constraints, updaters and the like are the wrapped layer's. As with DL4J's own wrappers, neither
 * {@code setLearningRate} nor {@code FineTuneConfiguration} reaches it.
 */
public abstract class StandardizedWeights extends BaseWrapperLayer {

    private static final long serialVersionUID = 1L;

    private FWSSpec spec;

    /** For Jackson. */
    protected StandardizedWeights() {}

    /**
     * Creates the configuration around a copy of the layer.
     *
     * @throws DL4JInvalidConfigException naming the layer, the field, its value and what is allowed
     */
    protected StandardizedWeights(Builder<?> builder) {
        super(builder);
        if (builder.layer == null) {
            throw new DL4JInvalidConfigException(
                    describe() + ": layer = null; give a convolution layer");
        }
        this.underlying = builder.layer.clone();
        if (layerName == null) {
            layerName = underlying.getLayerName();
        }
        setLayerName(layerName);
        try {
            this.spec = builder.spec();
        } catch (IllegalArgumentException e) {
            throw new DL4JInvalidConfigException(describe() + ": " + e.getMessage());
        }
        checkedUnits();
        if (builder.getIDropout() != null) {
            underlying.setIDropout(builder.getIDropout());
        }
        initializeConstraints(builder);
        addConstraints();
    }

    /** Gives the builder's constraints to the wrapped layer, which applies them. */
    private void addConstraints() {
        if (constraints != null) {
            List<LayerConstraint> all = new ArrayList<>(constraints);
            if (underlying.getConstraints() != null) {
                all.addAll(underlying.getConstraints());
            }
            underlying.setConstraints(all);
            constraints = null;
        }
    }

    /**
     * The units of the wrapped layer's weight.
     *
     * @throws IllegalArgumentException if the layer is not one that can be wrapped, saying why
     */
    protected abstract WeightUnits unitsOf(org.deeplearning4j.nn.conf.layers.Layer wrapped);

    /** The implementation around that of the wrapped layer. */
    protected abstract StandardizedWeightsLayer newImpl(
            Layer wrapped, NeuralNetConfiguration conf, INDArray paramsView);

    /** The units of the wrapped layer's weight. */
    public WeightUnits units() {
        return unitsOf(underlying);
    }

    private void checkedUnits() {
        try {
            spec.standardization().checkUnit(units().elements(), "unit");
        } catch (IllegalArgumentException e) {
            throw new DL4JInvalidConfigException(
                    describe()
                            + ": layer = "
                            + underlying.getClass().getSimpleName()
                            + "; "
                            + e.getMessage());
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
        checkedUnits();
        initializer().init(conf, paramsView, initializeParams);
        NeuralNetConfiguration inner = conf.clone();
        inner.setLayer(underlying);
        inner.clearVariables();
        Layer wrapped =
                underlying.instantiate(
                        inner,
                        listeners,
                        index,
                        StandardizedParamInitializer.innerPart(this, paramsView),
                        false,
                        dataType);
        return newImpl(wrapped, conf, paramsView);
    }

    @Override
    public ParamInitializer initializer() {
        return StandardizedParamInitializer.INSTANCE;
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        super.setNIn(inputType, override);
        checkedUnits();
    }

    @Override
    public void setDataType(DataType dataType) {
        underlying.setDataType(dataType);
    }

    @Override
    public IUpdater getUpdaterByParam(String param) {
        return param.equals(FWSSpec.GAIN) && !spec.gainLearns()
                ? new NoOp()
                : underlying.getUpdaterByParam(param);
    }

    @Override
    public List<Regularization> getRegularizationByParam(String param) {
        return param.equals(FWSSpec.GAIN) ? null : underlying.getRegularizationByParam(param);
    }

    @Override
    public boolean isPretrainParam(String param) {
        return !param.equals(FWSSpec.GAIN) && underlying.isPretrainParam(param);
    }

    @Override
    public void resetLayerDefaultConfig() {
        underlying.resetLayerDefaultConfig();
    }

    @Override
    @JsonIgnore
    public IDropout getIDropout() {
        return underlying == null ? null : underlying.getIDropout();
    }

    @Override
    @JsonIgnore
    public void setIDropout(IDropout dropout) {
        underlying.setIDropout(dropout);
    }

    /** None of its own: the wrapped layer's count. */
    @Override
    @JsonIgnore
    public List<LayerConstraint> getConstraints() {
        return null;
    }

    /**
     * DL4J gives a network's constraints to wrapper and wrapped layer; the latter keeps its own.
     */
    @Override
    @JsonIgnore
    public void setConstraints(List<LayerConstraint> constraints) {
        if (constraints != null && underlying.getConstraints() == null) {
            underlying.setConstraints(constraints);
        }
    }

    @Override
    public org.deeplearning4j.nn.conf.layers.Layer clone() {
        StandardizedWeights copy = (StandardizedWeights) super.clone();
        copy.underlying = underlying.clone();
        return copy;
    }

    /** How weights are standardized. */
    public FWSSpec getSpec() {
        return spec;
    }

    /** For Jackson. */
    public void setSpec(FWSSpec spec) {
        this.spec = spec;
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
                && underlying.equals(((StandardizedWeights) o).underlying);
    }

    @Override
    public int hashCode() {
        return Objects.hash(layerName, spec, underlying);
    }

    @Override
    public String toString() {
        return describe() + "(" + underlying + ", " + spec + ")";
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
                WeightStandardization.elektronn3().toBuilder();
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
         * Whether the gain learns; that takes {@link #differentiable} too, as no gradient reaches
         * it else. Default true.
         */
        public T learnableGain(boolean value) {
            this.learnableGain = value;
            return self();
        }

        /**
         * Whether evaluation uses the stored weights as they are, without standardizing them.
         * Default false.
         */
        public T constEval(boolean value) {
            this.constEval = value;
            return self();
        }

        /**
         * Whether the stored weights stay raw, the wrapped layer computes with standardized ones,
         * and gradients flow through the standardization into weights and gain. Default false: the
         * standardized weights replace the stored ones, and their gradient is taken as it is.
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
