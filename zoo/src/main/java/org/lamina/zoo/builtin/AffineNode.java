package org.lamina.zoo.builtin;

import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.lamina.arrays.Views;
import org.lamina.spec.ConvGeometry;
import org.lamina.zoo.ClassWeightedLoss;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * A dense layer or convolution under construction: linear operations around it are folded into its
 * weights and bias, which are kept in double precision until the end.
 */
final class AffineNode {

    private final String name;
    private final String input;

    /** {@code [out, in]} or {@code [out, in / groups, height, width]}. */
    private final INDArray weight;

    private INDArray bias;

    /** Null for a dense layer. */
    private final ConvGeometry geometry;

    private IActivation activation = new ActivationIdentity();

    /** The output layer, if this is one, or null. */
    private final BaseOutputLayer output;

    AffineNode(
            String name,
            String input,
            INDArray weight,
            INDArray bias,
            ConvGeometry geometry,
            BaseOutputLayer output) {
        this.name = name;
        this.input = input;
        this.weight = weight.castTo(DataType.DOUBLE).dup('c');
        this.bias =
                bias == null
                        ? Nd4j.zeros(DataType.DOUBLE, weight.size(0))
                        : bias.castTo(DataType.DOUBLE).dup().reshape(weight.size(0));
        this.geometry = geometry;
        this.output = output;
    }

    String name() {
        return name;
    }

    /** Adapts the weights to an input that is multiplied by a factor. */
    void scaleInput(double factor) {
        weight.muli(factor);
    }

    /** Changes the output to {@code scale * output + shift}, by output channel. */
    void scaleOutput(INDArray scale, INDArray shift) {
        INDArray column = scale.reshape(scale.length(), 1);
        weight.reshape('c', weight.size(0), weight.length() / weight.size(0))
                .muliColumnVector(column);
        bias = bias.mul(scale).addi(shift);
    }

    boolean linear() {
        return activation instanceof ActivationIdentity && output == null;
    }

    void activation(IActivation function) {
        activation = function;
    }

    void addTo(GraphBuilder graph, DataType type, Map<String, Map<String, INDArray>> params) {
        String from = input;
        if (geometry != null && !symmetric()) {
            int[] before = geometry.padBefore();
            int[] after = geometry.padAfter();
            graph.addLayer(
                    name + "-pad",
                    new ZeroPaddingLayer.Builder(before[0], after[0], before[1], after[1]).build(),
                    from);
            from = name + "-pad";
        }
        graph.addLayer(name, layer(), from);
        params.put(
                name,
                Map.of(
                        "W", stored().castTo(type),
                        "b", bias.castTo(type).reshape(1, bias.length())));
    }

    private boolean symmetric() {
        return Arrays.equals(geometry.padBefore(), geometry.padAfter());
    }

    private boolean depthwise() {
        return geometry != null && geometry.groups() > 1 && weight.size(1) == 1;
    }

    private Layer layer() {
        long out = weight.size(0);
        long in = weight.size(1) * (geometry == null ? 1 : geometry.groups());
        if (output != null) {
            return new OutputLayer.Builder(loss()).nIn(in).nOut(out).activation(activation).build();
        }
        if (geometry == null) {
            return new DenseLayer.Builder().nIn(in).nOut(out).activation(activation).build();
        }
        ConvolutionLayer.BaseConvBuilder<?> conv =
                depthwise()
                        ? new DepthwiseConvolution2D.Builder()
                                .depthMultiplier((int) (out / in))
                                .nOut(out)
                        : new ConvolutionLayer.Builder().nOut(out);
        conv.nIn(in);
        conv.setKernelSize(geometry.kernelSize());
        conv.setStride(geometry.stride());
        conv.setDilation(geometry.dilation());
        conv.convolutionMode(ConvolutionMode.Truncate);
        conv.setPadding(symmetric() ? geometry.padBefore() : new int[] {0, 0});
        conv.hasBias(true);
        conv.activation(activation);
        return conv.build();
    }

    /** A loss of ND4J's; the network is for inference. */
    private ILossFunction loss() {
        ILossFunction loss = output.getLossFn();
        if (loss instanceof ClassWeightedLoss weighted) {
            loss = weighted.loss();
        }
        return loss.getClass().getName().startsWith("org.nd4j.") ? loss : new LossMCXENT();
    }

    /** The weight in the layout of DL4J's layer. */
    private INDArray stored() {
        if (geometry == null) {
            return weight.transpose();
        }
        if (depthwise()) {
            int groups = geometry.groups();
            long multiplier = weight.size(0) / groups;
            return weight.reshape('c', groups, multiplier, weight.size(2), weight.size(3))
                    .permute(2, 3, 0, 1)
                    .dup('c');
        }
        if (geometry.groups() == 1) {
            return weight;
        }
        // DL4J has no groups: weights between groups are 0.
        long in = weight.size(1);
        long out = weight.size(0) / geometry.groups();
        INDArray full =
                Nd4j.zeros(
                        DataType.DOUBLE,
                        weight.size(0),
                        in * geometry.groups(),
                        weight.size(2),
                        weight.size(3));
        for (long g = 0; g < geometry.groups(); g++) {
            INDArray rows = Views.slice(full, 0, g * out, (g + 1) * out);
            Views.slice(rows, 1, g * in, (g + 1) * in)
                    .assign(Views.slice(weight, 0, g * out, (g + 1) * out));
        }
        return full;
    }
}
