package org.lamina.zoo;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.lamina.layers.Conv1D;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * Encoder for signals: stages of convolutions, each of which halves the length and (but for the
 * first) doubles the channels, a mean over time, a dense layer.
 *
 * <pre>
 * [N, channels, length]
 *   conv (kernel + 2), width filters, no bias
 *   stages of {@link org.lamina.layers.ConvModern1D}, width, 2 width, 4 width, ... filters;
 *     the last convolution of each has stride 2
 *   conv (kernel) with bias - mean over time - dense - softmax
 * [N, outputs]
 * </pre>
 *
 * <p>The {@link Preset}s state their numbers of parameters with one channel, two outputs and width
 * 64.
 *
 * <pre>{@code
 * ComputationGraph net = EncNet1D.builder().preset(EncNet1D.Preset.ENCNET_12).width(8).build().init();
 * }</pre>
 *
 * <p>Source: MDNC 0.1, {@code mdnc.modules.conv.EncoderNet1d}, {@code encnet12} to {@code encnet22}
 * with order 1, https://github.com/cainmagi/MDNC.
 *
 * <p>Differs from the source in: outputs are probabilities (source: logits, as with the identity as
 * {@link Builder#outputActivation}).
 */
@SuppressWarnings("unchecked") // DL4J lets the caller choose the type that init() returns
public final class EncNet1D extends SignalModel<EncNet1D.Builder> {

    /** The source's networks, by their number of layers. */
    public enum Preset {
        /** 9,449,602 parameters. */
        ENCNET_12(2, 2, 2, 2, 2),
        /** 13,583,746 parameters. */
        ENCNET_15(2, 2, 3, 3, 3),
        /** 13,645,762 parameters. */
        ENCNET_17(3, 3, 3, 3, 3),
        /** 17,841,922 parameters. */
        ENCNET_22(4, 4, 4, 4, 4);

        private final int[] depths;

        Preset(int... depths) {
            this.depths = depths;
        }
    }

    private EncNet1D(Builder options) {
        super(options);
    }

    /** A builder with the defaults of {@link Preset#ENCNET_12}. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    String build(GraphBuilder graph, String input) {
        String last = input;
        int width = options.width;
        for (int i = 0; i < options.depths.size(); i++) {
            width = options.width << i;
            int depth = options.depths.get(i);
            last = stage(graph, "down" + (i + 1), depth, width, width, Scaling.HALVE, last);
        }
        Conv1D conv =
                new Conv1D.Builder(options.kernel).nOut(width).padding(options.kernel / 2).build();
        OutputLayer classifier =
                new OutputLayer.Builder(options.loss())
                        .nOut(options.outputs)
                        .activation(options.outputActivation)
                        .build();
        graph.addLayer("last", conv, last)
                .addLayer("mean", new GlobalPoolingLayer(PoolingType.AVG), "last")
                .addLayer("classifier", classifier, "mean");
        return "classifier";
    }

    /** Builder. */
    public static final class Builder extends SignalModel.Builder<Builder> {

        /** Placeholder for the loss that suits the output. */
        private static final ILossFunction OF_OUTPUT = new LossMCXENT();

        private IActivation outputActivation = Activation.SOFTMAX.getActivationFunction();

        private Builder() {
            super("EncNet1D", 2, OF_OUTPUT);
            preset(Preset.ENCNET_12);
        }

        /** Numbers of convolutions in the stages. Default {@link Preset#ENCNET_12}. */
        public Builder preset(Preset value) {
            present("preset", value);
            return depths(value.depths);
        }

        /** Number of outputs, of a classifier its classes. Default 2. */
        public Builder outputs(int value) {
            this.outputs = value;
            return this;
        }

        /**
         * Activation function of the output. Default softmax. The identity gives logits, with
         * {@link CrossEntropyWithLogits} as the default loss.
         */
        public Builder outputActivation(IActivation value) {
            this.outputActivation = value;
            return this;
        }

        @Override
        public EncNet1D build() {
            return new EncNet1D(this);
        }

        private ILossFunction loss() {
            if (lossFunction != OF_OUTPUT) {
                return lossFunction;
            }
            if (outputActivation instanceof ActivationIdentity) {
                return new CrossEntropyWithLogits();
            }
            return outputActivation instanceof ActivationSigmoid ? new LossBinaryXENT() : OF_OUTPUT;
        }

        @Override
        void checkOwn() {
            present("outputActivation", outputActivation);
        }
    }
}
