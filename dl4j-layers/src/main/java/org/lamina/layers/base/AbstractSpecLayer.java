package org.lamina.layers.base;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.lamina.constraints.NormConstraint;
import org.lamina.constraints.OutputUnitLayout;
import org.lamina.spec.InputTypes;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Base of both forms' layer configurations: everything derived from the layer's {@link LayerSpec},
 * and DL4J's features of layers with weights (updaters, learning rates, transfer learning). Each
 * form adds its implementation.
 *
 * @param <S> the layer family's spec
 */
public abstract class AbstractSpecLayer<S extends LayerSpec> extends FeedForwardLayer
        implements OutputUnitLayout {

    private S spec;
    private boolean channelsLast;
    private boolean constrainOnForward;
    private boolean inputGradient = true;

    /** For Jackson. */
    protected AbstractSpecLayer() {}

    /**
     * Creates the configuration.
     *
     * @throws DL4JInvalidConfigException naming the layer, the field, its value and what is allowed
     */
    protected AbstractSpecLayer(Builder<?, S> builder) {
        super(builder);
        try {
            setSpec(builder.spec());
        } catch (IllegalArgumentException e) {
            throw new DL4JInvalidConfigException(describe() + ": " + e.getMessage());
        }
        this.channelsLast = builder.channelsLast;
        this.constrainOnForward = builder.constrainOnForward;
        this.inputGradient = builder.inputGradient;
        initializeConstraints(builder);
    }

    /** The builder's constraints and the spec's, which apply to one parameter each. */
    @Override
    protected void initializeConstraints(
            org.deeplearning4j.nn.conf.layers.Layer.Builder<?> builder) {
        super.initializeConstraints(builder);
        setConstraints(constraints);
    }

    /**
     * Replaces the constraints, as fine-tuning does. Those of the spec belong to the layer itself
     * and stay.
     */
    @Override
    public void setConstraints(List<LayerConstraint> given) {
        List<LayerConstraint> all = given == null ? new ArrayList<>() : new ArrayList<>(given);
        if (spec != null) { // null while Jackson reads the constraints
            for (ParamSpec param : spec.params()) {
                NormConstraint.of(param.norm())
                        .map(constraint -> constraint.withParams(param.name()))
                        .filter(constraint -> !all.contains(constraint))
                        .ifPresent(all::add);
            }
        }
        super.setConstraints(all.isEmpty() ? null : all);
    }

    /**
     * The implementation, a class with a public constructor of configuration and data type.
     * Networks use a subclass named after the layer, for DL4J's {@code summary()}.
     */
    protected abstract Class<? extends AbstractSpecLayerImpl<?>> implementation();

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray paramsView,
            boolean initializeParams,
            DataType dataType) {
        if (spec.missing() != null) {
            throw new DL4JInvalidConfigException(describe() + ": " + spec.missing());
        }
        AbstractSpecLayerImpl<?> layer =
                NamedClass.newInstance(implementation(), getClass(), conf, dataType);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(paramsView);
        layer.setParamTable(initializer().init(conf, paramsView, initializeParams));
        layer.setConf(conf);
        return layer;
    }

    @Override
    public ParamInitializer initializer() {
        return SpecParamInitializer.getInstance();
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        return InputTypes.output(inputType, spec, describe());
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        long channels = InputTypes.channels(inputType, spec.spatialRank(), describe());
        channelsLast = InputTypes.channelsLast(inputType);
        if (nIn <= 0 || override) {
            setNIn(channels);
        }
        long[] size = InputTypes.size(inputType, spec.spatialRank());
        if (size != null) {
            changeSpec(s -> s.withInputSize(size));
        }
    }

    @Override
    public void setNIn(long channels) {
        if (spec != null && channels != spec.inChannels()) {
            changeSpec(s -> s.withInChannels(channels)); // first, because it may throw
        }
        super.setNIn(channels);
    }

    @Override
    public void setNOut(long channels) {
        if (spec != null && channels != spec.outChannels()) {
            changeSpec(s -> s.withOutChannels(channels)); // first, because it may throw
        }
        super.setNOut(channels);
    }

    @SuppressWarnings("unchecked")
    private void changeSpec(UnaryOperator<LayerSpec> change) {
        try {
            setSpec((S) change.apply(spec));
        } catch (IllegalArgumentException e) {
            throw new DL4JInvalidConfigException(describe() + ": " + e.getMessage());
        }
    }

    @Override
    public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
        InputPreProcessor preProcessor =
                InputTypes.preProcessor(inputType, spec.spatialRank(), describe());
        if (preProcessor != null && !inputGradient) {
            throw new DL4JInvalidConfigException(
                    String.format(
                            "%s: inputGradient(false) with input type %s, which DL4J converts for"
                                + " this layer and back in the backward pass; use an input type of"
                                + " the layer's own form or leave inputGradient on",
                            describe(), inputType));
        }
        return preProcessor;
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
        InputType output = getOutputType(-1, inputType);
        long parameters = initializer().numParams(this);
        long updaterState = getIUpdater() == null ? 0 : getIUpdater().stateSize(parameters);
        boolean keepsPreActivation = !(getActivationFn() instanceof ActivationIdentity);
        long preActivation = keepsPreActivation ? output.arrayElementsPerExample() : 0;
        return new LayerMemoryReport.Builder(layerName, getClass(), inputType, output)
                .standardMemory(parameters, updaterState)
                .workingMemory(0, 0, 0, preActivation)
                .cacheMemory(0, 0)
                .build();
    }

    @Override
    public List<Regularization> getRegularizationByParam(String name) {
        List<Regularization> ofKind = super.getRegularizationByParam(name);
        return param(name)
                .map(p -> ParameterRegularization.of(p, regularization, ofKind))
                .orElse(ofKind);
    }

    /** Running statistics are not trained: no updater changes them. */
    @Override
    public IUpdater getUpdaterByParam(String param) {
        return isTrained(param) ? super.getUpdaterByParam(param) : new NoOp();
    }

    /** Whether a parameter is trained; running statistics are not. */
    boolean isTrained(String param) {
        return param(param).map(p -> p.role().trained()).orElse(true);
    }

    @Override
    public int[] outputAxes(String param, long[] shape) {
        return param(param).map(ParamSpec::outputAxes).orElse(null);
    }

    private Optional<ParamSpec> param(String name) {
        return spec.params().stream().filter(p -> p.name().equals(name)).findFirst();
    }

    @Override
    public boolean projectsInitialWeights() {
        return true;
    }

    /** Type and name of the layer, for messages. */
    public String describe() {
        return getClass().getSimpleName() + " \"" + (layerName == null ? "" : layerName) + "\"";
    }

    /** The hyperparameters. */
    public S getSpec() {
        return spec;
    }

    /** Replaces the hyperparameters; nIn and nOut follow. */
    public void setSpec(S spec) {
        this.spec = spec;
        this.nIn = spec.inChannels();
        this.nOut = spec.outChannels();
    }

    /** Whether activations have their channels last (NWC, NHWC, NDHWC). */
    public boolean isChannelsLast() {
        return channelsLast;
    }

    /** Sets the data format. */
    public void setChannelsLast(boolean channelsLast) {
        this.channelsLast = channelsLast;
    }

    @Override
    public boolean constrainsOnForward() {
        return constrainOnForward;
    }

    /** Whether weights are projected at the start of every forward pass, not after an update. */
    public boolean isConstrainOnForward() {
        return constrainOnForward;
    }

    /** Sets whether weights are projected at the start of every forward pass. */
    public void setConstrainOnForward(boolean constrainOnForward) {
        this.constrainOnForward = constrainOnForward;
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
        if (this == o) {
            return true;
        }
        if (o == null || o.getClass() != getClass() || !super.equals(o)) {
            return false;
        }
        AbstractSpecLayer<?> other = (AbstractSpecLayer<?>) o;
        return spec.equals(other.spec)
                && channelsLast == other.channelsLast
                && constrainOnForward == other.constrainOnForward
                && inputGradient == other.inputGradient;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                super.hashCode(), spec, channelsLast, constrainOnForward, inputGradient);
    }

    @Override
    public String toString() {
        return describe() + "(" + spec + ", activation " + getActivationFn() + ")";
    }

    /**
     * Base of the builders.
     *
     * @param <T> the builder's own type
     * @param <S> the layer family's spec
     */
    public abstract static class Builder<T extends Builder<T, S>, S extends LayerSpec>
            extends FeedForwardLayer.Builder<T> {

        private boolean channelsLast;
        private boolean constrainOnForward;
        private boolean inputGradient = true;

        /**
         * The spec made from the builder's values.
         *
         * @throws IllegalArgumentException naming the field, its value and what is allowed
         */
        protected abstract S spec();

        /** This builder. */
        @SuppressWarnings("unchecked")
        public T self() {
            return (T) this;
        }

        @Override
        public T nOut(long nOut) {
            setNOut(nOut);
            return self();
        }

        /**
         * Whether activations have their channels last; taken from the network's input type if it
         * has one.
         */
        public T channelsLast(boolean value) {
            this.channelsLast = value;
            return self();
        }

        /**
         * Projects the weights at the start of every forward pass, in training and in evaluation,
         * as selfEEG's layers do (there also in a frozen layer), instead of after every update.
         * Without it they are projected at initialization and after every update, which gives the
         * same weights in every forward pass unless weights are set manually. Constraints other
         * than norms are still applied after the update. Default false.
         */
        public T constrainOnForward(boolean value) {
            this.constrainOnForward = value;
            return self();
        }

        /**
         * Whether the backward pass computes the gradient of the layer's input. A network's first
         * layer does not need it: DL4J's training does not use it, and it is a large part of the
         * work. Only for a network's first layer without a preprocessor. With {@code false}, {@code
         * calculateGradients} and external errors get null for the input's gradient. Default true.
         */
        public T inputGradient(boolean value) {
            this.inputGradient = value;
            return self();
        }

        /** Whether a weight initialization has been set. */
        protected boolean hasWeightInit() {
            return weightInitFn != null;
        }

        /** Whether an initial value of biases has been set. */
        protected boolean hasBiasInit() {
            return !Double.isNaN(biasInit);
        }
    }
}
