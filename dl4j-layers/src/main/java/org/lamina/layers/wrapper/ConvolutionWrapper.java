package org.lamina.layers.wrapper;

import java.util.List;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A layer that delegates its settings to the convolution layer that it wraps, whether a network,
 * {@code setLearningRate}, {@code FineTuneConfiguration} or {@code TransferLearning} reads or sets
 * them.
 *
 * <p>It extends {@link ConvolutionLayer} because DL4J checks a layer's type: it supports learning
 * rates, fine-tuning and new sizes only for a {@code FeedForwardLayer}, and sets the network's
 * convolution mode only on a {@code ConvolutionLayer}. Kernel, stride and the like are not
 * delegated; use {@link #getUnderlying}, which need not be a {@code ConvolutionLayer}.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.NONE,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE,
        setterVisibility = Visibility.NONE)
abstract class ConvolutionWrapper extends ConvolutionLayer {

    @JsonProperty private FeedForwardLayer underlying;

    /** The wrapped layer. */
    public FeedForwardLayer getUnderlying() {
        return underlying;
    }

    void setUnderlying(FeedForwardLayer underlying) {
        this.underlying = underlying;
    }

    @Override
    @JsonProperty
    public String getLayerName() {
        return layerName;
    }

    @Override
    @JsonProperty
    public void setLayerName(String name) {
        layerName = name;
        if (underlying != null) { // null while Jackson reads
            underlying.setLayerName(name);
        }
    }

    // ---- shapes ---------------------------------------------------------------------------------

    @Override
    public long getNIn() {
        return underlying.getNIn();
    }

    @Override
    public void setNIn(long nIn) {
        underlying.setNIn(nIn);
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        underlying.setNIn(inputType, override);
    }

    @Override
    public long getNOut() {
        return underlying.getNOut();
    }

    @Override
    public void setNOut(long nOut) {
        underlying.setNOut(nOut);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        return underlying.getOutputType(layerIndex, inputType);
    }

    @Override
    public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
        return underlying.getPreProcessorForInputType(inputType);
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
        return underlying.getMemoryReport(inputType);
    }

    @Override
    public void setDataType(DataType dataType) {
        underlying.setDataType(dataType);
    }

    /** The wrapped layer's if it is DL4J's, else null. */
    @Override
    public ConvolutionMode getConvolutionMode() {
        return underlying instanceof ConvolutionLayer conv ? conv.getConvolutionMode() : null;
    }

    /** Applies only to DL4J's layers. */
    @Override
    public void setConvolutionMode(ConvolutionMode mode) {
        if (underlying instanceof ConvolutionLayer conv) {
            conv.setConvolutionMode(mode);
        }
    }

    /** The wrapped layer's if it is DL4J's, else null. */
    @Override
    public AlgoMode getCudnnAlgoMode() {
        return underlying instanceof ConvolutionLayer conv ? conv.getCudnnAlgoMode() : null;
    }

    /** Applies only to DL4J's layers. */
    @Override
    public void setCudnnAlgoMode(AlgoMode mode) {
        if (underlying instanceof ConvolutionLayer conv) {
            conv.setCudnnAlgoMode(mode);
        }
    }

    // ---- initialization and activation ----------------------------------------------------------

    @Override
    public IActivation getActivationFn() {
        return underlying.getActivationFn();
    }

    @Override
    public void setActivationFn(IActivation activation) {
        underlying.setActivationFn(activation);
    }

    @Override
    public IWeightInit getWeightInitFn() {
        return underlying.getWeightInitFn();
    }

    @Override
    public void setWeightInitFn(IWeightInit init) {
        underlying.setWeightInitFn(init);
    }

    @Override
    public double getBiasInit() {
        return underlying.getBiasInit();
    }

    @Override
    public void setBiasInit(double value) {
        underlying.setBiasInit(value);
    }

    @Override
    public double getGainInit() {
        return underlying.getGainInit();
    }

    @Override
    public void setGainInit(double value) {
        underlying.setGainInit(value);
    }

    // ---- training -------------------------------------------------------------------------------

    @Override
    public IUpdater getIUpdater() {
        return underlying.getIUpdater();
    }

    @Override
    public void setIUpdater(IUpdater updater) {
        underlying.setIUpdater(updater);
    }

    @Override
    public IUpdater getBiasUpdater() {
        return underlying.getBiasUpdater();
    }

    @Override
    public void setBiasUpdater(IUpdater updater) {
        underlying.setBiasUpdater(updater);
    }

    @Override
    public IUpdater getUpdaterByParam(String param) {
        return underlying.getUpdaterByParam(param);
    }

    @Override
    public List<Regularization> getRegularization() {
        return underlying.getRegularization();
    }

    @Override
    public void setRegularization(List<Regularization> regularization) {
        underlying.setRegularization(regularization);
    }

    @Override
    public List<Regularization> getRegularizationBias() {
        return underlying.getRegularizationBias();
    }

    @Override
    public void setRegularizationBias(List<Regularization> regularization) {
        underlying.setRegularizationBias(regularization);
    }

    @Override
    public List<Regularization> getRegularizationByParam(String param) {
        return underlying.getRegularizationByParam(param);
    }

    @Override
    public GradientNormalization getGradientNormalization() {
        return underlying.getGradientNormalization();
    }

    @Override
    public void setGradientNormalization(GradientNormalization normalization) {
        underlying.setGradientNormalization(normalization);
    }

    @Override
    public double getGradientNormalizationThreshold() {
        return underlying.getGradientNormalizationThreshold();
    }

    @Override
    public void setGradientNormalizationThreshold(double threshold) {
        underlying.setGradientNormalizationThreshold(threshold);
    }

    @Override
    public IWeightNoise getWeightNoise() {
        return underlying.getWeightNoise();
    }

    @Override
    public void setWeightNoise(IWeightNoise noise) {
        underlying.setWeightNoise(noise);
    }

    @Override
    public IDropout getIDropout() {
        return underlying.getIDropout();
    }

    @Override
    public void setIDropout(IDropout dropout) {
        underlying.setIDropout(dropout);
    }

    @Override
    public List<LayerConstraint> getConstraints() {
        constraints = underlying.getConstraints(); // DL4J calls this and then reads the field
        return constraints;
    }

    @Override
    public void setConstraints(List<LayerConstraint> constraints) {
        underlying.setConstraints(constraints);
    }

    @Override
    public boolean isPretrainParam(String param) {
        return underlying.isPretrainParam(param);
    }

    @Override
    public void resetLayerDefaultConfig() {
        underlying.resetLayerDefaultConfig();
    }

    @Override
    public ConvolutionWrapper clone() {
        ConvolutionWrapper copy = (ConvolutionWrapper) super.clone();
        copy.underlying = (FeedForwardLayer) underlying.clone();
        return copy;
    }
}
