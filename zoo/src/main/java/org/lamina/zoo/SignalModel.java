package org.lamina.zoo;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.lamina.layers.Conv1D;
import org.lamina.layers.ConvModern1D;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Base class of MDNC's networks for signals, {@code [N, channels, length]}, made of stages of
 * {@link ConvModern1D} with instance normalization, PReLU and the convolution last.
 *
 * @param <B> builder of the network
 */
@SuppressWarnings("unchecked") // DL4J lets the caller choose the type that init() returns
public abstract class SignalModel<B extends SignalModel.Builder<B>>
        extends BaseZooModel<B, ComputationGraph> {

    private static final String INPUT = "signal";

    SignalModel(B options) {
        super(options);
    }

    /** The configuration. */
    @Override
    public ComputationGraphConfiguration conf() {
        GraphBuilder graph =
                new NeuralNetConfiguration.Builder()
                        .seed(options.seed)
                        .updater(options.updater)
                        .weightInit(WeightInit.UNIFORM)
                        .activation(Activation.IDENTITY)
                        .graphBuilder()
                        .addInputs(INPUT)
                        .setInputTypes(InputType.recurrent(options.channels, options.length));
        Conv1D first =
                outerConv(options.width)
                        .hasBias(false)
                        .inputGradient(options.inputGradient)
                        .build();
        graph.addLayer("first", first, INPUT);
        return graph.setOutputs(build(graph, "first")).build();
    }

    /**
     * Adds what follows the first convolution.
     *
     * @return the output's name
     */
    abstract String build(GraphBuilder graph, String input);

    /** The first or the last convolution: a longer kernel, the length is kept. */
    Conv1D.Builder outerConv(int filters) {
        int kernel = options.kernel == 1 ? 1 : options.kernel + 2;
        return new Conv1D.Builder(kernel).nOut(filters).padding(kernel / 2);
    }

    /** Whether a stage's last convolution changes the length. */
    enum Scaling {
        NONE,
        HALVE,
        DOUBLE
    }

    /**
     * Adds a stage.
     *
     * @param hidden filters of all its convolutions but the last
     * @param outputs filters of the last
     * @return the last convolution's name
     */
    String stage(
            GraphBuilder graph,
            String name,
            int depth,
            int hidden,
            int outputs,
            Scaling scaling,
            String input) {
        for (int i = 1; i <= depth; i++) {
            ConvModern1D.Builder conv =
                    new ConvModern1D.Builder(options.kernel)
                            .nOut(i == depth ? outputs : hidden)
                            .padding(options.kernel / 2);
            if (i == depth && scaling != Scaling.NONE) {
                conv.stride(2).scaler(scaling == Scaling.DOUBLE ? "up" : "down");
            }
            graph.addLayer(conv(name, i), conv.build(), i == 1 ? input : conv(name, i - 1));
        }
        return conv(name, depth);
    }

    /** Name of a stage's convolution, counted from 1. */
    static String conv(String stage, int number) {
        return stage + "-conv" + number;
    }

    /**
     * Options that the networks share.
     *
     * @param <B> the builder's own type
     */
    public abstract static class Builder<B extends Builder<B>> extends NetworkBuilder<B> {

        int channels = 1;
        int length = 256;
        int outputs;
        int width = 64;
        List<Integer> depths;
        int kernel = 3;

        Builder(String network, int outputs, ILossFunction lossFunction) {
            super(network);
            this.outputs = outputs;
            this.lossFunction = lossFunction;
        }

        /** Number of channels of the input. Default 1. */
        public B channels(int value) {
            this.channels = value;
            return self();
        }

        /** Length of the signals in samples. Default 256. */
        public B length(int value) {
            this.length = value;
            return self();
        }

        /** Filters of the first stage; each stage further down has twice as many. Default 64. */
        public B width(int value) {
            this.width = value;
            return self();
        }

        /** Numbers of convolutions in the stages, in place of a preset's. */
        public B depths(int... values) {
            this.depths = Arrays.stream(values).boxed().toList();
            return self();
        }

        /**
         * Length of the stages' convolutions, odd; the first and the last of the network are 2
         * longer. Default 3.
         */
        public B kernel(int value) {
            this.kernel = value;
            return self();
        }

        /**
         * The network.
         *
         * @throws DL4JInvalidConfigException naming the argument, its value and what is allowed
         */
        public abstract SignalModel<B> build();

        @Override
        int[] inputShape() {
            return new int[] {channels, length};
        }

        @Override
        String inputDimensions() {
            return "channels, length";
        }

        @Override
        boolean takesInputShape(int[] shape) {
            if (shape.length != 2) {
                return false;
            }
            channels(shape[0]).length(shape[1]);
            return true;
        }

        @Override
        final void check() {
            positive("channels", channels);
            positive("outputs", outputs);
            positive("width", width);
            require(kernel > 0 && kernel % 2 == 1, "kernel", kernel, "must be odd");
            require(depths.size() > 1, "depths", depths, "must be 2 stages or more");
            depths.forEach(depth -> positive("depths", depth));
            require(depths.size() <= 16, "depths", depths, "must be 16 stages or fewer");
            // The deepest stage normalizes over time, which takes two steps.
            int fewest = (1 << (depths.size() - 1)) + 1;
            require(length >= fewest, "length", length, "must be " + fewest + " or greater");
            present("lossFunction", lossFunction);
            checkOwn();
        }

        /** Checks the network's own options. */
        abstract void checkOwn();
    }
}
