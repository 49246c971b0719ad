package org.lamina.layers;

import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.harness.Nets;
import org.lamina.layers.samediff.SameDiffConv1D;
import org.lamina.layers.samediff.SameDiffConv2D;
import org.lamina.layers.samediff.SameDiffConv3D;
import org.lamina.layers.samediff.SameDiffFWS;
import org.lamina.layers.samediff.SpecSameDiffLayer;
import org.lamina.layers.wrapper.StandardizedWeights;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * A convolution to wrap in {@link FWS} or {@link SameDiffFWS}.
 *
 * @param size size of one example, channels first
 * @param shape shape that the layer reads its weight in
 * @param unitAxes axes of that shape that count units
 */
record WrappedLayer(
        String name, Supplier<Layer> layer, long[] size, long[] shape, int... unitAxes) {

    StandardizedWeights.Builder<?> builder() {
        Layer wrapped = layer.get();
        return wrapped instanceof SpecSameDiffLayer
                ? new SameDiffFWS.Builder(wrapped)
                : new FWS.Builder(wrapped);
    }

    InputType input() {
        return Nets.inputType(batch(1, 0).shape());
    }

    INDArray batch(int examples, long seed) {
        long[] all = new long[size.length + 1];
        all[0] = examples;
        System.arraycopy(size, 0, all, 1, size.length);
        return random(seed, all);
    }

    MultiLayerNetwork single(Layer of) {
        MultiLayerNetwork net = Nets.single(of, input(), DataType.DOUBLE);
        net.params().assign(random(5, net.params().shape()).muli(0.5));
        return net;
    }

    MultiLayerNetwork classifier(Layer of) {
        return Nets.classifier(of, input(), DataType.DOUBLE, new Adam(0.01));
    }

    @Override
    public String toString() {
        return name;
    }

    static INDArray random(long seed, long... shape) {
        Random random = new Random(seed);
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array;
    }

    static Stream<WrappedLayer> all() {
        Activation tanh = Activation.TANH;
        return Stream.of(
                new WrappedLayer(
                        "ConvolutionLayer",
                        () -> new ConvolutionLayer.Builder(3, 2).nOut(4).activation(tanh).build(),
                        longs(2, 5, 6),
                        longs(4, 2, 3, 2),
                        0),
                new WrappedLayer(
                        "Convolution1DLayer",
                        () -> new Convolution1DLayer.Builder(3, 1).nOut(4).activation(tanh).build(),
                        longs(2, 9),
                        longs(3, 2, 4),
                        2),
                new WrappedLayer(
                        "Convolution3D",
                        () ->
                                new Convolution3D.Builder(2, 3, 2)
                                        .dataFormat(Convolution3D.DataFormat.NCDHW)
                                        .nOut(3)
                                        .activation(tanh)
                                        .build(),
                        longs(2, 4, 5, 4),
                        longs(3, 2, 2, 3, 2),
                        0),
                new WrappedLayer(
                        "Deconvolution2D",
                        () -> new Deconvolution2D.Builder(2, 3).nOut(3).activation(tanh).build(),
                        longs(2, 4, 5),
                        longs(2, 3, 2, 3),
                        0),
                new WrappedLayer(
                        "Deconvolution3D",
                        () ->
                                new Deconvolution3D.Builder()
                                        .kernelSize(2, 2, 2)
                                        .dataFormat(Convolution3D.DataFormat.NCDHW)
                                        .nOut(3)
                                        .activation(tanh)
                                        .build(),
                        longs(2, 3, 3, 3),
                        longs(2, 2, 2, 3, 2),
                        4),
                new WrappedLayer(
                        "DepthwiseConvolution2D",
                        () ->
                                new DepthwiseConvolution2D.Builder(3, 2)
                                        .depthMultiplier(2)
                                        .nOut(6)
                                        .activation(tanh)
                                        .build(),
                        longs(3, 5, 6),
                        longs(3, 2, 3, 2),
                        2,
                        3),
                new WrappedLayer(
                        "Conv2D",
                        () ->
                                new Conv2D.Builder(3, 2)
                                        .nOut(4)
                                        .groups(2)
                                        .padding(1)
                                        .activation(tanh)
                                        .build(),
                        longs(4, 5, 6),
                        longs(4, 2, 3, 2),
                        0),
                new WrappedLayer(
                        "ConstrainedConv1D",
                        () ->
                                new ConstrainedConv1D.Builder(3)
                                        .nOut(4)
                                        .padding("causal")
                                        .maxNorm(null)
                                        .activation(tanh)
                                        .build(),
                        longs(2, 9),
                        longs(4, 2, 3),
                        0),
                new WrappedLayer(
                        "SameDiffConv1D",
                        () -> new SameDiffConv1D.Builder(3).nOut(4).activation(tanh).build(),
                        longs(2, 9),
                        longs(4, 2, 3),
                        0),
                new WrappedLayer(
                        "SameDiffConv2D",
                        () ->
                                new SameDiffConv2D.Builder(3, 2)
                                        .nOut(4)
                                        .groups(2)
                                        .padding(1)
                                        .activation(tanh)
                                        .build(),
                        longs(4, 5, 6),
                        longs(4, 2, 3, 2),
                        0),
                new WrappedLayer(
                        "SameDiffConv3D",
                        () -> new SameDiffConv3D.Builder(2).nOut(3).activation(tanh).build(),
                        longs(2, 3, 4, 3),
                        longs(3, 2, 2, 2, 2),
                        0));
    }

    private static long[] longs(long... values) {
        return values;
    }
}
