package org.lamina.zoo;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.lamina.constraints.MaxNorm;
import org.lamina.constraints.ProjectedWeightInit;
import org.lamina.layers.AveragePooling2D;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.ConstrainedConv2D;
import org.lamina.layers.DepthwiseConv2D;
import org.lamina.layers.SeparableConv2D;
import org.lamina.layers.TemporalSpatialFusion;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * Base class of classifiers of EEG epochs, {@code [N, 1, channels, samples]} to {@code [N,
 * outputs]}.
 *
 * <p>Labels: one column for each output, one-hot; a single output (see {@link #outputs()}) has one
 * column of 0 and 1.
 *
 * @param <B> builder of the network
 * @param <N> its kind
 */
@SuppressWarnings("unchecked") // DL4J lets the caller choose the type that init() returns
public abstract class EegModel<B extends EegModelBuilder<?, B>, N extends Model>
        extends BaseZooModel<B, N> {

    /** What dropout drops. */
    public enum DropoutType {
        /** Single values. */
        ELEMENT,
        /** Whole feature maps. */
        SPATIAL;

        private IDropout dropping(double probability) {
            return this == SPATIAL
                    ? new SpatialDropout(1 - probability)
                    : new Dropout(1 - probability);
        }
    }

    EegModel(B options) {
        super(options);
    }

    /** Number of outputs: the classes, unless the variant has one output for two of them. */
    public int outputs() {
        return options.defaults().library().oneOutputForTwoClasses() && options.classes <= 2
                ? 1
                : options.classes;
    }

    /** A configuration without layers. */
    NeuralNetConfiguration.Builder configuration() {
        return new NeuralNetConfiguration.Builder()
                .seed(options.seed)
                .updater(options.updater)
                .weightInit(options.defaults().library().weightInit())
                .activation(Activation.IDENTITY);
    }

    InputType inputType() {
        return InputType.convolutional(options.channels, options.samples, 1);
    }

    /**
     * EEGNet's temporal filters, without biases, which keep the length.
     *
     * @param halfKernelPadding whether half a kernel is padded on both sides instead, so that an
     *     even kernel lengthens the signal by one
     */
    ConstrainedConv2D temporalFilters(boolean halfKernelPadding) {
        int length = options.kernelLength();
        ConstrainedConv2D.Builder conv =
                new ConstrainedConv2D.Builder(1, length)
                        .name("temporal")
                        .nOut(options.temporalFilters())
                        .hasBias(false)
                        .maxNorm(null)
                        .inputGradient(options.inputGradient);
        return (halfKernelPadding ? conv.padding(0, length / 2) : conv).build();
    }

    /** Spatial filters for each temporal one. */
    DepthwiseConv2D spatialFilters(String name, Double maxNorm) {
        return new DepthwiseConv2D.Builder(options.channels, 1)
                .name(name)
                .depthMultiplier(options.depthMultiplier())
                .padding("valid")
                .maxNorm(maxNorm)
                .build();
    }

    /** EEGNet's separable convolution; padding as that of {@link #temporalFilters}. */
    SeparableConv2D separableFilters(int length, boolean halfKernelPadding) {
        SeparableConv2D.Builder conv =
                new SeparableConv2D.Builder(1, length).name("separable").nOut(options.filters());
        return (halfKernelPadding ? conv.padding(0, length / 2) : conv).build();
    }

    /** Average pooling along time. */
    static SubsamplingLayer averagePool(String name, int length) {
        return new AveragePooling2D.Builder(1, length).name(name).build();
    }

    /** A configuration of separate layers, with temporal and spatial filters fused if so set. */
    MultiLayerConfiguration fusedIfSet(MultiLayerConfiguration parts) {
        return options.fused ? TemporalSpatialFusion.fuse(parts) : parts;
    }

    /** Temporal filters with biases, which shorten the signal. */
    ConstrainedConv2D validTemporalFilters() {
        return conv("temporal", 1, options.kernelLength(), options.temporalFilters())
                .inputGradient(options.inputGradient)
                .build();
    }

    /** A convolution without padding. */
    ConstrainedConv2D.Builder conv(String name, int height, int width, int filters) {
        return new ConstrainedConv2D.Builder(height, width)
                .name(name)
                .nOut(filters)
                .padding("valid")
                .maxNorm(options.defaults().filterMaxNorm());
    }

    /** Batch normalization, followed by an activation function unless that is null. */
    BatchNorm batchNorm(String name, IActivation activation) {
        return batchNorm(
                name, activation, options.defaults().batchNormEps(), options.batchNormMomentum());
    }

    /** The same with other values than the preset's. */
    static BatchNorm batchNorm(String name, IActivation activation, double eps, double momentum) {
        BatchNorm.Builder norm = new BatchNorm.Builder().name(name).eps(eps).momentum(momentum);
        return activation == null ? norm.build() : norm.activation(activation).build();
    }

    /** A layer that drops with the network's probability. */
    DropoutLayer dropout(String name) {
        return dropout(name, options.dropout());
    }

    /** A layer that drops with a given probability. */
    DropoutLayer dropout(String name, double probability) {
        IDropout dropout = probability > 0 ? options.dropoutType.dropping(probability) : null;
        return new DropoutLayer.Builder(dropout).name(name).build();
    }

    /** The linear classifier at the end, with its loss. */
    OutputLayer classifier() {
        Double maxNorm = options.denseMaxNorm();
        boolean single = outputs() == 1;
        IWeightInit weightInit = options.defaults().library().weightInit().getWeightInitFunction();
        OutputLayer.Builder dense =
                new OutputLayer.Builder(loss(single))
                        .name("classifier")
                        .nOut(outputs())
                        .activation(
                                options.logits
                                        ? Activation.IDENTITY
                                        : single ? Activation.SIGMOID : Activation.SOFTMAX);
        if (maxNorm == null) {
            return dense.weightInit(weightInit).build();
        }
        MaxNorm constraint = new MaxNorm(maxNorm);
        return dense.constrainWeights(constraint)
                .weightInit(
                        new ProjectedWeightInit(weightInit, constraint.withAxes(NormAxes.of(0))))
                .build();
    }

    private ILossFunction loss(boolean single) {
        if (options.lossFunction != null) {
            return options.lossFunction;
        }
        if (options.logits) {
            return new CrossEntropyWithLogits();
        }
        return single ? new LossBinaryXENT() : new LossMCXENT();
    }
}
