package org.lamina.zoo;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.lamina.constraints.MaxNorm;
import org.lamina.constraints.ProjectedWeightInit;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.ConstrainedConv2D;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * A classifier of EEG epochs, {@code [N, 1, channels, samples]} to {@code [N, outputs]}: what such
 * networks have in common.
 *
 * <p>Labels: one column for each output, one-hot; a single output (see {@link #outputs()}) has one
 * column of 0 and 1.
 *
 * @param <B> builder of the network
 */
public abstract class EegModel<B extends EegModelBuilder<?, B>> extends BaseZooModel<B> {

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
        return options.preset.oneOutputForTwoClasses() && options.classes <= 2
                ? 1
                : options.classes;
    }

    /** A configuration without layers. */
    NeuralNetConfiguration.Builder configuration() {
        return new NeuralNetConfiguration.Builder()
                .seed(options.seed)
                .updater(options.updater)
                .weightInit(options.defaults().weightInit())
                .activation(Activation.IDENTITY);
    }

    InputType inputType() {
        return InputType.convolutional(options.channels, options.samples, 1);
    }

    /** A convolution without padding. */
    static ConstrainedConv2D.Builder conv(
            String name, int height, int width, int filters, Double maxNorm) {
        return new ConstrainedConv2D.Builder(height, width)
                .name(name)
                .nOut(filters)
                .padding("valid")
                .maxNorm(maxNorm);
    }

    /** Batch normalization, followed by an activation function unless that is null. */
    BatchNorm batchNorm(String name, IActivation activation) {
        return batchNorm(
                name, activation, options.defaults().batchNormEps(), options.batchNormMomentum());
    }

    /** The same with other numbers than the preset's. */
    static BatchNorm batchNorm(String name, IActivation activation, double eps, double momentum) {
        BatchNorm.Builder norm = new BatchNorm.Builder().name(name).eps(eps).momentum(momentum);
        return activation == null ? norm.build() : norm.activation(activation).build();
    }

    /** A layer that drops with the network's probability. */
    DropoutLayer dropout(String name) {
        return dropout(name, options.dropout());
    }

    /** A layer that drops with this probability. */
    DropoutLayer dropout(String name, double probability) {
        IDropout dropout = probability > 0 ? options.dropoutType.dropping(probability) : null;
        return new DropoutLayer.Builder(dropout).name(name).build();
    }

    /** The linear classifier at the end, with its loss. */
    OutputLayer classifier() {
        Double maxNorm = options.denseMaxNorm();
        boolean single = outputs() == 1;
        IWeightInit weightInit = options.defaults().weightInit().getWeightInitFunction();
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
