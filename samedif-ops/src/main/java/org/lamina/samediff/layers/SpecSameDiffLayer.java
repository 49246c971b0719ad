package org.lamina.samediff.layers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.params.SameDiffParamInitializer;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.weights.WeightInitXavier;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.lamina.constraints.Constraints;
import org.lamina.constraints.NormConstraint;
import org.lamina.constraints.OutputUnitLayout;
import org.lamina.samediff.layers.impl.SpecSameDiffLayerImpl;
import org.lamina.samediff.ops.ActivationOps;
import org.lamina.spec.InputTypes;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.ParamSpec;
import org.lamina.support.ChannelOrder;
import org.lamina.support.ParameterRegularization;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/**
 * Base of the SameDiff layers: everything that follows from the layer's {@link LayerSpec}. A layer
 * adds its builder and its graph.
 *
 * <p>Parameters, their flat layout, initialization and constraints are those of the native form, so
 * that checkpoints interchange. Initial weights satisfy the spec's norm constraints.
 *
 * @param <S> the layer family's spec
 */
public abstract class SpecSameDiffLayer<S extends LayerSpec> extends SameDiffLayer
        implements OutputUnitLayout {

    private static final long serialVersionUID = 1L;

    private S spec;
    private IActivation activationFn;
    private IWeightInit weightInitFn;
    private double biasInit = Double.NaN;
    private IWeightNoise weightNoise;
    private boolean channelsLast;
    private boolean constrainOnForward;

    /** For Jackson. */
    protected SpecSameDiffLayer() {}

    /**
     * Creates the configuration.
     *
     * @throws DL4JInvalidConfigException naming the layer, the field, its value and what is allowed
     */
    protected SpecSameDiffLayer(Builder<?, S> builder) {
        super(builder);
        try {
            setSpec(builder.spec());
        } catch (IllegalArgumentException e) {
            throw new DL4JInvalidConfigException(describe() + ": " + e.getMessage());
        }
        setActivationFn(builder.activationFn);
        this.weightInitFn = builder.weightInitFn;
        this.biasInit = builder.biasInit;
        this.weightNoise = builder.weightNoise;
        this.channelsLast = builder.channelsLast;
        this.constrainOnForward = builder.constrainOnForward;
        this.gradientNormalization = builder.gradientNormalization;
        this.gradientNormalizationThreshold = builder.gradientNormalizationThreshold;
        initializeConstraints(builder);
    }

    /**
     * The layer before its activation function.
     *
     * @param x input, channels first
     * @param params parameters by name; null for one that the layer does not have
     * @param pass training or evaluation, masks
     */
    protected abstract SDVariable define(
            SDVariable x, Map<String, SDVariable> params, GraphPass pass);

    /**
     * The implementation of this layer; one of its own if its graph needs more than the layer's
     * input.
     */
    protected SpecSameDiffLayerImpl newImpl(NeuralNetConfiguration conf, DataType dataType) {
        return new SpecSameDiffLayerImpl(conf, dataType);
    }

    /** The layer in evaluation, without a mask. */
    @Override
    public SDVariable defineLayer(
            SameDiff sameDiff,
            SDVariable layerInput,
            Map<String, SDVariable> paramTable,
            SDVariable mask) {
        return defineLayer(layerInput, paramTable, new GraphPass(false));
    }

    /**
     * The layer.
     *
     * @param x input of known rank, in the layer's data format
     * @param params parameters by name
     * @return its output, in the layer's data format
     */
    public SDVariable defineLayer(SDVariable x, Map<String, SDVariable> params, GraphPass pass) {
        long[] shape = x.getShape();
        int rank = shape.length;
        pass.setInputShape(shape);
        if (!channelsLast || rank < 3) {
            return ActivationOps.apply(activationFn, define(x, params, pass));
        }
        int[] toFirst = ChannelOrder.toFirst(rank);
        pass.setInputShape(Arrays.stream(toFirst).mapToLong(d -> shape[d]).toArray());
        SDVariable z = define(x.permute(toFirst), params, pass);
        return ActivationOps.apply(activationFn, z.permute(ChannelOrder.toLast(rank)));
    }

    // ---- parameters -----------------------------------------------------------------------------

    @Override
    public void defineParameters(SDLayerParams params) {
        for (ParamSpec param : spec.params()) {
            if (param.weight()) {
                params.addWeightParam(param.name(), param.shape());
            } else {
                params.addBiasParam(param.name(), param.shape());
            }
        }
    }

    /**
     * Names and shapes of the parameters.
     *
     * @throws DL4JInvalidConfigException while their sizes depend on something unknown
     */
    @Override
    @JsonIgnore // follows from the spec
    public SDLayerParams getLayerParams() {
        if (spec.missing() != null) {
            throw new DL4JInvalidConfigException(describe() + ": " + spec.missing());
        }
        return super.getLayerParams();
    }

    @Override
    public char paramReshapeOrder(String name) {
        return spec.params().stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow()
                .order();
    }

    @Override
    public void initializeParameters(Map<String, INDArray> params) {
        for (ParamSpec param : spec.params()) {
            INDArray array = params.get(param.name());
            IWeightInit init = paramWeightInit == null ? null : paramWeightInit.get(param.name());
            if (init == null) {
                init = param.init();
            }
            if (init == null && param.weight()) {
                init = weightInitFn == null ? new WeightInitXavier() : weightInitFn;
            }
            if (init != null) {
                INDArray flat = array.reshape(param.order(), new long[] {param.length()});
                init.init(param.fanIn(), param.fanOut(), param.shape(), param.order(), flat);
            } else if (param.bias()) {
                array.assign(Double.isNaN(biasInit) ? 0 : biasInit);
            } else {
                array.assign(param.initial());
            }
        }
        Constraints.project(this, params);
    }

    @Override
    public ParamInitializer initializer() {
        return SpecParams.INSTANCE;
    }

    /**
     * The spec's names, which DL4J asks for before the number of input channels is known, and its
     * order: DL4J puts all weights first.
     */
    private static final class SpecParams extends SameDiffParamInitializer {

        static final SpecParams INSTANCE = new SpecParams();

        private static List<String> names(Layer layer, Predicate<ParamSpec> which) {
            return ((SpecSameDiffLayer<?>) layer)
                    .spec.params().stream()
                            .filter(which)
                            .map(ParamSpec::name)
                            .collect(Collectors.toList());
        }

        @Override
        public Map<String, INDArray> init(
                NeuralNetConfiguration conf, INDArray view, boolean initialize) {
            Map<String, INDArray> params = getGradientsFromFlattened(conf, view);
            if (initialize) {
                ((SpecSameDiffLayer<?>) conf.getLayer()).initializeParameters(params);
            }
            params.keySet().forEach(conf::addVariable);
            return params;
        }

        @Override
        public Map<String, INDArray> getGradientsFromFlattened(
                NeuralNetConfiguration conf, INDArray view) {
            SpecSameDiffLayer<?> layer = (SpecSameDiffLayer<?>) conf.getLayer();
            Map<String, long[]> shapes = layer.getLayerParams().getParamShapes();
            return subsetAndReshape(paramKeys(layer), shapes, view, layer, null);
        }

        @Override
        public List<String> paramKeys(Layer layer) {
            return names(layer, p -> true);
        }

        @Override
        public List<String> weightKeys(Layer layer) {
            return names(layer, ParamSpec::weight);
        }

        @Override
        public List<String> biasKeys(Layer layer) {
            return names(layer, ParamSpec::bias);
        }
    }

    @Override
    public List<Regularization> getRegularizationByParam(String name) {
        List<Regularization> ofKind =
                initializer().isWeightParam(this, name)
                        ? regularization
                        : initializer().isBiasParam(this, name) ? regularizationBias : null;
        return spec.params().stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .map(p -> ParameterRegularization.of(p, regularization, ofKind))
                .orElse(ofKind);
    }

    /** Running statistics are no matter of the updater. */
    @Override
    public IUpdater getUpdaterByParam(String name) {
        if (biasUpdater != null && initializer().isBiasParam(this, name)) {
            return biasUpdater;
        }
        boolean trained =
                spec.params().stream()
                        .filter(p -> p.name().equals(name))
                        .allMatch(p -> p.role().trained());
        return trained ? updater : new NoOp();
    }

    // ---- constraints ----------------------------------------------------------------------------

    /** The builder's constraints and those of the spec, each for its own parameter. */
    @Override
    protected void initializeConstraints(Layer.Builder<?> builder) {
        super.initializeConstraints(builder);
        addSpecConstraints();
    }

    private void addSpecConstraints() {
        List<LayerConstraint> all = new ArrayList<>();
        if (constraints != null) {
            all.addAll(constraints);
        }
        for (ParamSpec param : spec.params()) {
            NormConstraint.of(param.norm())
                    .ifPresent(constraint -> all.add(constraint.withParams(param.name())));
        }
        constraints = all.isEmpty() ? null : all;
    }

    @Override
    public int[] outputAxes(String param, long[] shape) {
        return spec.params().stream()
                .filter(p -> p.name().equals(param))
                .findFirst()
                .map(ParamSpec::outputAxes)
                .orElse(null);
    }

    @Override
    public boolean projectsInitialWeights() {
        return true;
    }

    // ---- DL4J -----------------------------------------------------------------------------------

    @Override
    public void applyGlobalConfigToLayer(NeuralNetConfiguration.Builder global) {
        if (activationFn == null) {
            setActivationFn(global.getActivationFn());
        }
        if (weightInitFn == null) {
            weightInitFn = global.getWeightInitFn();
        }
        if (Double.isNaN(biasInit)) {
            biasInit = global.getBiasInit();
        }
        if (weightNoise == null && global.getWeightNoise() != null) {
            weightNoise = global.getWeightNoise().clone();
        }
    }

    @Override
    public org.deeplearning4j.nn.api.Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray paramsView,
            boolean initializeParams,
            DataType dataType) {
        SpecSameDiffLayerImpl layer = newImpl(conf, dataType);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(paramsView);
        layer.setParamTable(initializer().init(conf, paramsView, initializeParams));
        layer.setConf(conf);
        return layer;
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        return InputTypes.output(inputType, spec, describe());
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        long channels = InputTypes.channels(inputType, spec.spatialRank(), describe());
        channelsLast = InputTypes.channelsLast(inputType);
        if (spec.inChannels() < 1 || override) {
            changeNIn(channels);
        }
        long[] size = InputTypes.size(inputType, spec.spatialRank());
        if (size != null) {
            changeSpec(s -> s.withInputSize(size));
        }
    }

    /** Changes the number of input channels (features), as transfer learning does. */
    public void changeNIn(long channels) {
        changeSpec(s -> s.withInChannels(channels));
    }

    /** Changes the number of output channels (features), as transfer learning does. */
    public void changeNOut(long channels) {
        changeSpec(s -> s.withOutChannels(channels));
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
        return InputTypes.preProcessor(inputType, spec.spatialRank(), describe());
    }

    @Override
    public void resetLayerDefaultConfig() {
        super.resetLayerDefaultConfig();
        weightInitFn = null;
        biasInit = Double.NaN;
        regularization = null;
        regularizationBias = null;
        updater = null;
        biasUpdater = null;
        // The spec's constraints belong to the layer itself.
        addSpecConstraints();
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
        InputType output = getOutputType(-1, inputType);
        long parameters = initializer().numParams(this);
        long updaterState = updater == null ? 0 : updater.stateSize(parameters);
        boolean keepsPreActivation =
                activationFn != null && !(activationFn instanceof ActivationIdentity);
        long preActivation = keepsPreActivation ? output.arrayElementsPerExample() : 0;
        return new LayerMemoryReport.Builder(layerName, getClass(), inputType, output)
                .standardMemory(parameters, updaterState)
                .workingMemory(0, preActivation, parameters, preActivation)
                .cacheMemory(0, 0)
                .build();
    }

    /** Type and name of the layer, for messages. */
    public String describe() {
        return getClass().getSimpleName() + " \"" + (layerName == null ? "" : layerName) + "\"";
    }

    // ---- properties -----------------------------------------------------------------------------

    /** The hyperparameters. */
    public S getSpec() {
        return spec;
    }

    /** Replaces the hyperparameters; the shapes of the parameters follow. */
    public void setSpec(S spec) {
        this.spec = spec;
        setLayerParams(null); // DL4J keeps the shapes once it has asked for them
        if (spec.missing() == null) {
            getLayerParams();
        }
    }

    /** Activation function; null until the network's default is applied. */
    public IActivation getActivationFn() {
        return activationFn;
    }

    /**
     * Sets the activation function.
     *
     * @throws DL4JInvalidConfigException if SameDiff cannot express it
     */
    public void setActivationFn(IActivation activationFn) {
        if (activationFn != null && !ActivationOps.supports(activationFn)) {
            throw new DL4JInvalidConfigException(
                    describe()
                            + ": activation function "
                            + activationFn
                            + " is not available in SameDiff; use the layer's native form or an"
                            + " ActivationLayer after it");
        }
        this.activationFn = activationFn;
    }

    /** Weight initialization; null until the network's default is applied. */
    public IWeightInit getWeightInitFn() {
        return weightInitFn;
    }

    /** Sets the weight initialization. */
    public void setWeightInitFn(IWeightInit weightInitFn) {
        this.weightInitFn = weightInitFn;
    }

    /** Initial value of biases; NaN until the network's default is applied. */
    public double getBiasInit() {
        return biasInit;
    }

    /** Sets the initial value of biases. */
    public void setBiasInit(double biasInit) {
        this.biasInit = biasInit;
    }

    /** Noise on the weights in training, or null. */
    public IWeightNoise getWeightNoise() {
        return weightNoise;
    }

    /** Sets the noise on the weights in training. */
    public void setWeightNoise(IWeightNoise weightNoise) {
        this.weightNoise = weightNoise;
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

    /**
     * Sets whether weights are projected at the start of every forward pass, not after an update.
     */
    public void setConstrainOnForward(boolean constrainOnForward) {
        this.constrainOnForward = constrainOnForward;
    }

    @Override
    public boolean equals(Object o) {
        if (this == o) {
            return true;
        }
        if (o == null || o.getClass() != getClass() || !super.equals(o)) {
            return false;
        }
        SpecSameDiffLayer<?> other = (SpecSameDiffLayer<?>) o;
        return spec.equals(other.spec)
                && Objects.equals(activationFn, other.activationFn)
                && Objects.equals(weightInitFn, other.weightInitFn)
                && Double.compare(biasInit, other.biasInit) == 0
                && Objects.equals(weightNoise, other.weightNoise)
                && channelsLast == other.channelsLast
                && constrainOnForward == other.constrainOnForward;
    }

    @Override
    public int hashCode() {
        return Objects.hash(layerName, spec, channelsLast, constrainOnForward);
    }

    @Override
    public String toString() {
        return describe() + "(" + spec + ", activation " + activationFn + ")";
    }

    /**
     * Base of the builders.
     *
     * @param <T> the builder's own type
     * @param <S> the layer family's spec
     */
    public abstract static class Builder<T extends Builder<T, S>, S extends LayerSpec>
            extends SameDiffLayer.Builder<T> {

        private long nIn;
        private long nOut;
        private IActivation activationFn;
        private IWeightInit weightInitFn;
        private double biasInit = Double.NaN;
        private IWeightNoise weightNoise;
        private GradientNormalization gradientNormalization;
        private double gradientNormalizationThreshold = Double.NaN;
        private boolean channelsLast;
        private boolean constrainOnForward;

        /** A builder whose weight initialization and activation are the network's unless set. */
        protected Builder() {
            this.weightInit = null;
        }

        /**
         * The spec that the builder's values make.
         *
         * @throws IllegalArgumentException naming the field, its value and what is allowed
         */
        protected abstract S spec();

        /** This builder. */
        @SuppressWarnings("unchecked")
        public T self() {
            return (T) this;
        }

        /** Number of input channels (features). Default: from the network's input type. */
        public T nIn(long value) {
            this.nIn = value;
            return self();
        }

        /** Number of output channels (features). */
        public T nOut(long value) {
            this.nOut = value;
            return self();
        }

        /** Activation function. Default: the network's. */
        public T activation(IActivation value) {
            this.activationFn = value;
            return self();
        }

        /** Activation function. Default: the network's. */
        public T activation(Activation value) {
            return activation(value.getActivationFunction());
        }

        /** Initialization of the weights. Default: the network's. */
        public T weightInit(IWeightInit value) {
            this.weightInitFn = value;
            return self();
        }

        /**
         * Initialization of the weights. Default: the network's.
         *
         * @throws IllegalArgumentException for DISTRIBUTION, which needs one: give a {@code
         *     WeightInitDistribution}
         */
        @Override
        public T weightInit(WeightInit value) {
            if (value == WeightInit.DISTRIBUTION) {
                throw new IllegalArgumentException(
                        "weightInit = DISTRIBUTION; give a WeightInitDistribution with the"
                                + " distribution");
            }
            return weightInit(value.getWeightInitFunction());
        }

        /** Initial value of biases. Default: the network's, 0. */
        public T biasInit(double value) {
            this.biasInit = value;
            return self();
        }

        /** Noise on the weights in training. Default: the network's, none. */
        public T weightNoise(IWeightNoise value) {
            this.weightNoise = value;
            return self();
        }

        /** Normalization of the layer's gradients. Default: the network's. */
        public T gradientNormalization(GradientNormalization value) {
            this.gradientNormalization = value;
            return self();
        }

        /** Threshold of the gradient normalization. Default: the network's. */
        public T gradientNormalizationThreshold(double value) {
            this.gradientNormalizationThreshold = value;
            return self();
        }

        /** Channels last; taken from the network's input type if it has one. */
        protected T channelsLast(boolean value) {
            this.channelsLast = value;
            return self();
        }

        /**
         * Projects the weights at the start of every forward pass, in training and in evaluation,
         * as selfEEG's layers do (there also in a frozen layer), instead of after every update.
         * Without it they are projected at initialization and after every update, which gives the
         * same weights in every forward pass unless somebody sets weights by hand. Constraints
         * other than norms stay after the update. Default false.
         */
        public T constrainOnForward(boolean value) {
            this.constrainOnForward = value;
            return self();
        }

        /** Whether the builder has been given a weight initialization. */
        protected boolean hasWeightInit() {
            return weightInitFn != null;
        }

        /** Whether the builder has been given an initial value of biases. */
        protected boolean hasBiasInit() {
            return !Double.isNaN(biasInit);
        }

        /** Number of input channels, 0 while unknown. */
        protected long nIn() {
            return nIn;
        }

        /** Number of output channels, 0 while unknown. */
        protected long nOut() {
            return nOut;
        }
    }
}
