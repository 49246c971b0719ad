package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Output units of DL4J's built-in layers, seen from outside: weights of one unit are those that
 * move the same outputs.
 */
@SuppressWarnings("deprecation") // GravesLSTM is still in use
class SlicesTest {

    private static final InputType FLAT = InputType.feedForward(3);
    private static final InputType IMAGE = InputType.convolutional(5, 6, 3);
    private static final InputType SEQUENCE = InputType.recurrent(3, 6);
    private static final InputType VOLUME =
            InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 4, 4, 4, 2);

    static Stream<Arguments> linearLayers() {
        Activation id = Activation.IDENTITY;
        int[] k = {3, 2};
        return Stream.of(
                Arguments.of(new DenseLayer.Builder().nOut(4).activation(id).build(), FLAT, "W"),
                Arguments.of(new OutputLayer.Builder().nOut(4).activation(id).build(), FLAT, "W"),
                Arguments.of(
                        new RnnOutputLayer.Builder().nOut(4).activation(id).build(), SEQUENCE, "W"),
                Arguments.of(
                        new CenterLossOutputLayer.Builder().nOut(4).activation(id).build(),
                        FLAT,
                        "W"),
                Arguments.of(new AutoEncoder.Builder().nOut(4).activation(id).build(), FLAT, "W"),
                Arguments.of(
                        new EmbeddingLayer.Builder().nIn(3).nOut(4).activation(id).build(),
                        null,
                        "W"),
                Arguments.of(new SimpleRnn.Builder().nOut(4).activation(id).build(), SEQUENCE, "W"),
                Arguments.of(
                        new ConvolutionLayer.Builder(k).nOut(4).activation(id).build(), IMAGE, "W"),
                Arguments.of(
                        new Convolution1DLayer.Builder(3).nOut(4).activation(id).build(),
                        SEQUENCE,
                        "W"),
                Arguments.of(
                        new Convolution3D.Builder(2, 3, 2).nOut(4).activation(id).build(),
                        VOLUME,
                        "W"),
                Arguments.of(
                        new Deconvolution2D.Builder(k).nOut(4).activation(id).build(), IMAGE, "W"),
                Arguments.of(
                        new Deconvolution3D.Builder()
                                .kernelSize(2, 3, 2)
                                .nOut(4)
                                .activation(id)
                                .build(),
                        VOLUME,
                        "W"),
                Arguments.of(
                        new DepthwiseConvolution2D.Builder(k)
                                .depthMultiplier(2)
                                .activation(id)
                                .build(),
                        IMAGE,
                        "W"),
                Arguments.of(
                        new SeparableConvolution2D.Builder(k)
                                .nOut(6)
                                .depthMultiplier(2)
                                .activation(id)
                                .build(),
                        IMAGE,
                        "W"),
                Arguments.of(
                        new SeparableConvolution2D.Builder(k)
                                .nOut(4)
                                .depthMultiplier(2)
                                .activation(id)
                                .build(),
                        IMAGE,
                        "pW"),
                Arguments.of(
                        new LocallyConnected2D.Builder()
                                .kernelSize(2, 2)
                                .convolutionMode(ConvolutionMode.Truncate)
                                .nOut(2)
                                .activation(id)
                                .build(),
                        InputType.convolutional(3, 4, 2),
                        "W"),
                Arguments.of(
                        new LocallyConnected1D.Builder()
                                .kernelSize(2)
                                .convolutionMode(ConvolutionMode.Truncate)
                                .nOut(4)
                                .activation(id)
                                .build(),
                        SEQUENCE,
                        "W"),
                Arguments.of(
                        new PReLULayer.Builder().inputShape(3, 5, 6).sharedAxes(2, 3).build(),
                        IMAGE,
                        "W"),
                Arguments.of(
                        new ElementWiseMultiplicationLayer.Builder()
                                .nIn(3)
                                .nOut(3)
                                .activation(id)
                                .build(),
                        FLAT,
                        "W"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("linearLayers")
    void weightsOfOneUnitMoveTheSameOutputs(Layer layer, InputType type, String key) {
        boolean local = layer instanceof LocallyConnected1D || layer instanceof LocallyConnected2D;
        MultiLayerNetwork net = network(layer, type);
        Layer conf = net.getLayer(0).conf().getLayer();
        if (conf instanceof SimpleRnn) {
            net.getParam("0_RW").assign(0);
        }
        if (conf instanceof SeparableConvolution2D && key.equals("W")) {
            net.getParam("0_pW").assign(Nd4j.eye(6).reshape(6, 6, 1, 1));
        }
        INDArray w = net.getParam("0_" + key);
        INDArray input =
                layer instanceof EmbeddingLayer
                        ? Nd4j.createFromArray(new float[][] {{0}, {1}, {2}})
                        : Nd4j.rand(DataType.DOUBLE, batch(type))
                                .subi(layer instanceof PReLULayer ? 2 : 0);
        INDArray before =
                net.activate(input.dup(), org.deeplearning4j.nn.api.Layer.TrainingMode.TEST).dup();

        Slices slices = Slices.of(NormAxes.perOutputUnit(), conf, key, w.shape());
        int[] axes = slices.axes();
        w = slices.view(w);
        Map<List<Long>, Set<List<Long>>> outputsOfUnit = new HashMap<>();
        for (long i = 0; i < w.length(); i++) {
            long[] at = index(i, w.shape());
            double old = w.getDouble(at);
            w.putScalar(at, old + 1);
            Set<List<Long>> moved = moved(before, net, input, local);
            w.putScalar(at, old);
            Set<List<Long>> others =
                    outputsOfUnit.computeIfAbsent(without(at, axes), unit -> new HashSet<>(moved));
            assertEquals(others, moved, "weight " + Arrays.toString(at));
        }
        assertEquals(
                outputsOfUnit.size(),
                new HashSet<>(outputsOfUnit.values()).size(),
                "one unit, one output");
        outputsOfUnit.values().forEach(outputs -> assertEquals(1, outputs.size()));
    }

    private static long[] batch(InputType type) {
        long[] shape = type.getShape(true);
        shape[0] = 3;
        return shape;
    }

    private static MultiLayerNetwork network(Layer layer, InputType type) {
        NeuralNetConfiguration.ListBuilder builder =
                new NeuralNetConfiguration.Builder()
                        .dataType(DataType.DOUBLE)
                        .convolutionMode(ConvolutionMode.Truncate)
                        .seed(1)
                        .list()
                        .layer(layer)
                        .validateOutputLayerConfig(false);
        if (type != null) {
            builder.setInputType(type);
        }
        MultiLayerConfiguration conf = builder.build();
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        return net;
    }

    private static Set<List<Long>> moved(
            INDArray before, MultiLayerNetwork net, INDArray input, boolean local) {
        INDArray after =
                net.activate(input.dup(), org.deeplearning4j.nn.api.Layer.TrainingMode.TEST);
        Set<List<Long>> moved = new HashSet<>();
        for (long i = 0; i < after.length(); i++) {
            long[] at = index(i, after.shape());
            if (Math.abs(after.getDouble(at) - before.getDouble(at)) > 1e-9) {
                int[] drop =
                        local
                                ? new int[] {0}
                                : IntStream.range(0, at.length).filter(a -> a != 1).toArray();
                moved.add(without(at, drop));
            }
        }
        return moved;
    }

    private static List<Long> without(long[] at, int[] axes) {
        List<Long> rest = new ArrayList<>();
        for (int axis = 0; axis < at.length; axis++) {
            int current = axis;
            if (IntStream.of(axes).noneMatch(a -> a == current)) {
                rest.add(at[axis]);
            }
        }
        return rest;
    }

    private static long[] index(long i, long[] shape) {
        long[] at = new long[shape.length];
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            at[axis] = i % shape[axis];
            i /= shape[axis];
        }
        return at;
    }

    /**
     * Every parameter of every built-in layer with a layout resolves; biases element by element.
     */
    @Test
    void everyParameterOfTheBuiltInLayersResolves() {
        LSTM lstm = new LSTM.Builder().nOut(4).build();
        Map<Layer, InputType> layers = new HashMap<>();
        linearLayers().forEach(a -> layers.put((Layer) a.get()[0], (InputType) a.get()[1]));
        layers.put(lstm, SEQUENCE);
        layers.put(new GravesLSTM.Builder().nOut(4).build(), SEQUENCE);
        layers.put(new GravesBidirectionalLSTM.Builder().nOut(4).build(), SEQUENCE);
        layers.put(new Bidirectional(new LSTM.Builder().nOut(4).build()), SEQUENCE);
        layers.put(new LastTimeStep(new LSTM.Builder().nOut(4).build()), SEQUENCE);
        layers.put(
                new MaskZeroLayer.Builder()
                        .setUnderlying(new LSTM.Builder().nOut(4).build())
                        .build(),
                SEQUENCE);
        layers.put(new TimeDistributed(new DenseLayer.Builder().nIn(3).nOut(4).build()), SEQUENCE);
        layers.put(new FrozenLayer(new DenseLayer.Builder().nOut(4).build()), FLAT);
        layers.put(new FrozenLayerWithBackprop(new DenseLayer.Builder().nOut(4).build()), FLAT);
        layers.put(new SimpleRnn.Builder().nOut(4).hasLayerNorm(true).build(), SEQUENCE);
        layers.put(new DenseLayer.Builder().nOut(4).hasLayerNorm(true).build(), FLAT);
        layers.put(new BatchNormalization(), IMAGE);
        layers.put(new EmbeddingSequenceLayer.Builder().nIn(5).nOut(4).build(), null);
        layers.put(
                new VariationalAutoencoder.Builder()
                        .encoderLayerSizes(5, 6)
                        .decoderLayerSizes(7)
                        .nOut(4)
                        .build(),
                FLAT);
        layers.put(new OCNNOutputLayer.Builder().nIn(3).hiddenLayerSize(4).build(), FLAT);
        layers.forEach(
                (layer, type) -> {
                    Layer conf = layer.clone();
                    if (type != null) {
                        conf.setNIn(type, true);
                    }
                    MultiLayerNetwork net = network(conf, type);
                    net.paramTable()
                            .forEach(
                                    (name, param) -> {
                                        String key = name.substring(2);
                                        Slices slices =
                                                Slices.of(
                                                        NormAxes.perOutputUnit(),
                                                        net.getLayerWiseConfigurations()
                                                                .getConf(0)
                                                                .getLayer(),
                                                        key,
                                                        param.shape());
                                        long[] shape = param.shape();
                                        boolean vector =
                                                Arrays.stream(shape).filter(s -> s > 1).count() < 2;
                                        if (vector && !(layer instanceof OCNNOutputLayer)) {
                                            long slice =
                                                    IntStream.of(slices.axes())
                                                            .mapToLong(a -> shape[a])
                                                            .reduce(1, (a, b) -> a * b);
                                            assertEquals(1, slice, layer + " " + name);
                                        }
                                    });
                });
    }

    @Test
    void whatHasNoLayoutIsNamed() {
        Layer attention =
                new SelfAttentionLayer.Builder()
                        .nIn(4)
                        .nOut(4)
                        .nHeads(2)
                        .projectInput(true)
                        .name("att")
                        .build();
        String message =
                assertThrows(
                                DL4JInvalidConfigException.class,
                                () ->
                                        Slices.of(
                                                NormAxes.perOutputUnit(),
                                                attention,
                                                "Wq",
                                                new long[] {2, 2, 4}))
                        .getMessage();
        for (String part :
                List.of("'att'", "SelfAttentionLayer", "'Wq'", "[2, 2, 4]", "NormAxes.of(")) {
            assertTrue(message.contains(part), message);
        }
        assertArrayEquals(
                new int[] {2},
                Slices.of(NormAxes.of(2), attention, "Wq", new long[] {2, 2, 4}).axes());
    }

    @Test
    void axesOutOfRangeAreNamed() {
        Layer dense = new DenseLayer.Builder().nIn(4).nOut(3).name("fc").build();
        String message =
                assertThrows(
                                DL4JInvalidConfigException.class,
                                () -> Slices.of(NormAxes.of(1, 2), dense, "W", new long[] {4, 3}))
                        .getMessage();
        for (String part : List.of("'fc'", "DenseLayer", "'W'", "[4, 3]", "[1, 2]", "0 to 1")) {
            assertTrue(message.contains(part), message);
        }
    }
}
