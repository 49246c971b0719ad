package org.lamina.harness;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Small networks around a layer under test, and what goes through them. */
public final class Nets {

    private Nets() {}

    /**
     * Output and gradients of one training pass.
     *
     * @param output activations of the last layer
     * @param inputGradient gradient with respect to the network's input
     * @param gradients gradients by parameter name, with the layer's number in front ("0_W")
     */
    public record Pass(INDArray output, INDArray inputGradient, Map<String, INDArray> gradients) {}

    /** Configuration of all networks here: gradients are sums, not means, over the minibatch. */
    public static NeuralNetConfiguration.Builder config(DataType type, IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .dataType(type)
                .seed(12345)
                .miniBatch(false)
                .updater(updater);
    }

    /** The layer alone, for gradients from outside. */
    public static MultiLayerNetwork single(Layer layer, InputType input, DataType type) {
        return init(config(type, new Sgd(1.0)).list().layer(layer).setInputType(input));
    }

    /**
     * The layer alone, its parameters and gradients behind those of other layers, so to speak.
     *
     * @param offset number of parameters before the layer's
     * @param params the layer's parameters
     */
    public static MultiLayerNetwork behind(
            long offset, Layer layer, InputType input, INDArray params) {
        DataType type = params.dataType();
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        config(type, new Sgd(1.0)).list().layer(layer).setInputType(input).build());
        net.init(end(offset, params), false);
        net.initGradientsView();
        net.setBackpropGradientsViewArray(end(offset, params));
        return net;
    }

    /**
     * Numbers of parameters to put before these: an odd one; and for each parameter one at which
     * all parts of a view but the first come out empty from ND4J's {@code get}.
     */
    public static SortedSet<Long> offsets(Map<String, INDArray> params) {
        SortedSet<Long> offsets = new TreeSet<>();
        offsets.add(1L);
        long before = 0;
        for (INDArray param : params.values()) {
            offsets.add(Math.max(1, param.length() - 1 - before));
            before += param.length();
        }
        return offsets;
    }

    /** A copy of a vector at the end of a longer one. */
    private static INDArray end(long offset, INDArray vector) {
        INDArray all = Nd4j.create(vector.dataType(), offset + vector.length());
        INDArray end = all.get(NDArrayIndex.interval(offset, all.length()));
        return end.assign(vector.reshape(end.shape()));
    }

    /** The layer followed by {@link LinearLoss}, so that labels are the gradient at its output. */
    public static MultiLayerNetwork trainable(
            Layer layer, InputType input, DataType type, IUpdater updater) {
        return trainable(config(type, updater), layer, input);
    }

    /** The same with another configuration. */
    public static MultiLayerNetwork trainable(
            NeuralNetConfiguration.Builder config, Layer layer, InputType input) {
        return init(
                config.list()
                        .layer(layer)
                        .layer(linearLoss(layer.getOutputType(0, input)))
                        .setInputType(input));
    }

    /**
     * The layer in a classifier with two classes. An image is pooled and classified, a time series
     * is classified at every step.
     */
    public static MultiLayerNetwork classifier(
            Layer layer, InputType input, DataType type, IUpdater updater) {
        NeuralNetConfiguration.ListBuilder conf = config(type, updater).list().layer(layer);
        classifierLayers(input).forEach(conf::layer);
        return init(conf.setInputType(input));
    }

    /** The same classifier as a graph. */
    public static ComputationGraph classifierGraph(
            Layer layer, InputType input, DataType type, IUpdater updater) {
        ComputationGraphConfiguration.GraphBuilder conf =
                config(type, updater).graphBuilder().addInputs("in").setInputTypes(input);
        conf.addLayer("layer", layer, "in");
        String last = "layer";
        for (Layer next : classifierLayers(input)) {
            String name = last + "-next";
            conf.addLayer(name, next, last);
            last = name;
        }
        ComputationGraph graph = new ComputationGraph(conf.setOutputs(last).build());
        graph.init();
        return graph;
    }

    private static List<Layer> classifierLayers(InputType input) {
        LossFunctions.LossFunction loss = LossFunctions.LossFunction.MCXENT;
        if (input.getType() == InputType.Type.RNN) {
            return List.of(
                    new RnnOutputLayer.Builder(loss)
                            .nOut(2)
                            .activation(Activation.SOFTMAX)
                            .build());
        }
        Layer output = new OutputLayer.Builder(loss).nOut(2).activation(Activation.SOFTMAX).build();
        return input.getType() == InputType.Type.FF
                ? List.of(output)
                : List.of(new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), output);
    }

    /** Labels for a classifier's output of this shape, {@code [N, 2]} or {@code [N, 2, T]}. */
    public static INDArray labels(INDArray output) {
        INDArray labels = Nd4j.zeros(output.dataType(), output.shape());
        for (long i = 0; i < output.size(0); i++) {
            labels.get(NDArrayIndex.point(i), NDArrayIndex.point(i % 2)).assign(1);
        }
        return labels;
    }

    /** A loss layer for activations of this type whose gradient is the labels. */
    private static Layer linearLoss(InputType activations) {
        LinearLoss loss = new LinearLoss();
        switch (activations.getType()) {
            case RNN:
                return new RnnLossLayer.Builder(loss)
                        .activation(Activation.IDENTITY)
                        .dataFormat(((InputType.InputTypeRecurrent) activations).getFormat())
                        .build();
            case CNN:
                return new CnnLossLayer.Builder(loss)
                        .activation(Activation.IDENTITY)
                        .format(((InputType.InputTypeConvolutional) activations).getFormat())
                        .build();
            case CNN3D:
                return new Cnn3DLossLayer.Builder(
                                ((InputType.InputTypeConvolutional3D) activations).getDataFormat())
                        .lossFunction(loss)
                        .activation(Activation.IDENTITY)
                        .build();
            default:
                return new LossLayer.Builder(loss).activation(Activation.IDENTITY).build();
        }
    }

    /** Initializes a network of this configuration. */
    public static MultiLayerNetwork init(NeuralNetConfiguration.ListBuilder conf) {
        MultiLayerNetwork net = new MultiLayerNetwork(conf.build());
        net.init();
        return net;
    }

    /** One training pass with this gradient at the output; parameters stay as they are. */
    public static Pass pass(MultiLayerNetwork net, INDArray input, INDArray outputGradient) {
        return pass(net, input, null, outputGradient);
    }

    /** One training pass of a masked input. */
    public static Pass pass(
            MultiLayerNetwork net, INDArray input, INDArray mask, INDArray outputGradient) {
        net.setLayerMaskArrays(mask, null);
        net.setInput(input);
        INDArray output = net.feedForward(true, false).get(net.getnLayers()).dup();
        Pair<Gradient, INDArray> back = net.backpropGradient(outputGradient, null);
        Map<String, INDArray> gradients = new LinkedHashMap<>();
        back.getFirst().gradientForVariable().forEach((key, g) -> gradients.put(key, g.dup()));
        INDArray inputGradient = back.getSecond() == null ? null : back.getSecond().dup();
        net.clearLayerMaskArrays();
        net.clear();
        return new Pass(output, inputGradient, gradients);
    }

    /** The DL4J input type of activations with this shape, channels first. */
    public static InputType inputType(long... shape) {
        switch (shape.length) {
            case 2:
                return InputType.feedForward(shape[1]);
            case 3:
                return InputType.recurrent(shape[1], shape[2]);
            case 4:
                return InputType.convolutional(shape[2], shape[3], shape[1]);
            case 5:
                // DL4J's default is channels last.
                return InputType.convolutional3D(
                        Convolution3D.DataFormat.NCDHW, shape[2], shape[3], shape[4], shape[1]);
            default:
                throw new IllegalArgumentException("no input type of rank " + shape.length);
        }
    }
}
