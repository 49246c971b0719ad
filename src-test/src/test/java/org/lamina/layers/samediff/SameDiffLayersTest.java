package org.lamina.layers.samediff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.constraints.MaxNorm;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

class SameDiffLayersTest {

    private static final InputType IMAGE = InputType.convolutional(6, 7, 4);
    private static final InputType IMAGE_LAST = InputType.convolutional(6, 7, 4, CNN2DFormat.NHWC);
    private static final InputType SERIES = InputType.recurrent(4, 9);

    static Stream<Arguments> layers() {
        return Stream.of(
                Arguments.of(
                        IMAGE,
                        (Supplier<Layer>)
                                () ->
                                        new SameDiffDepthwiseConv2D.Builder(2, 3)
                                                .depthMultiplier(2)
                                                .hasBias(true)
                                                .activation(Activation.TANH)
                                                .maxNorm(0.7)
                                                .build()),
                Arguments.of(
                        IMAGE_LAST,
                        (Supplier<Layer>)
                                () ->
                                        new SameDiffDepthwiseConv2D.Builder(6, 1)
                                                .depthMultiplier(2)
                                                .padding("valid")
                                                .activation(Activation.ELU)
                                                .build()),
                Arguments.of(
                        IMAGE,
                        (Supplier<Layer>)
                                () ->
                                        new SameDiffSeparableConv2D.Builder(3, 2)
                                                .nOut(5)
                                                .depthMultiplier(2)
                                                .hasBias(true)
                                                .depthMaxNorm(0.9)
                                                .pointMaxNorm(0.5)
                                                .activation(Activation.SIGMOID)
                                                .build()),
                Arguments.of(
                        IMAGE_LAST,
                        (Supplier<Layer>)
                                () ->
                                        new SameDiffConstrainedConv2D.Builder(3)
                                                .nOut(6)
                                                .groups(2)
                                                .padding(1)
                                                .stride(2)
                                                .paddingMode(PaddingMode.REFLECT)
                                                .activation(Activation.IDENTITY)
                                                .build()),
                Arguments.of(
                        SERIES,
                        (Supplier<Layer>)
                                () ->
                                        new SameDiffConstrainedConv1D.Builder(3)
                                                .nOut(5)
                                                .dilation(2)
                                                .padding("causal")
                                                .stride(2)
                                                .activation(Activation.TANH)
                                                .build()),
                Arguments.of(
                        InputType.recurrent(4, 9, RNNFormat.NWC),
                        (Supplier<Layer>)
                                () ->
                                        new SameDiffConstrainedConv1D.Builder(4)
                                                .nOut(5)
                                                .activation(Activation.SOFTPLUS)
                                                .build()),
                Arguments.of(
                        InputType.feedForward(7),
                        (Supplier<Layer>)
                                () ->
                                        new SameDiffConstrainedDense.Builder()
                                                .nOut(5)
                                                .maxNorm(0.25)
                                                .activation(Activation.TANH)
                                                .build()));
    }

    private static MultiLayerConfiguration conf(Layer layer, InputType type, DataType dataType) {
        NeuralNetConfiguration.ListBuilder list =
                new NeuralNetConfiguration.Builder()
                        .seed(7)
                        .dataType(dataType)
                        .updater(new NoOp())
                        .weightInit(WeightInit.XAVIER)
                        .list()
                        .layer(layer);
        if (type instanceof InputType.InputTypeRecurrent) {
            boolean last = ((InputType.InputTypeRecurrent) type).getFormat() == RNNFormat.NWC;
            list.layer(
                    new GlobalPoolingLayer.Builder(PoolingType.AVG)
                            .poolingDimensions(last ? 1 : 2)
                            .build());
        }
        return list.layer(
                        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build())
                .setInputType(type)
                .build();
    }

    private static MultiLayerNetwork net(Layer layer, InputType type, DataType dataType) {
        MultiLayerNetwork net = new MultiLayerNetwork(conf(layer, type, dataType));
        net.init();
        return net;
    }

    private static INDArray input(InputType type, DataType dataType, long n) {
        long[] shape = type.getShape(true);
        shape[0] = n;
        Nd4j.getRandom().setSeed(3);
        return Nd4j.randn(dataType, shape);
    }

    private static INDArray labels(DataType type, int n) {
        INDArray labels = Nd4j.zeros(type, n, 3);
        for (int i = 0; i < n; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        return labels;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void gradientsEqualFiniteDifferences(InputType type, Supplier<Layer> layer) {
        DataType former = Nd4j.defaultFloatingPointType();
        Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE); // DL4J's check insists
        try {
            MultiLayerNetwork net = net(layer.get(), type, DataType.DOUBLE);
            boolean passed =
                    GradientCheckUtil.checkGradients(
                            new GradientCheckUtil.MLNConfig()
                                    .net(net)
                                    .input(input(type, DataType.DOUBLE, 3))
                                    .labels(labels(DataType.DOUBLE, 3))
                                    .subset(true)
                                    .maxPerParam(8));
            assertTrue(passed);
        } finally {
            Nd4j.setDefaultDataTypes(former, former);
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void configurationSurvivesJsonYamlAndJavaSerialization(InputType type, Supplier<Layer> layer)
            throws Exception {
        MultiLayerNetwork net = net(layer.get(), type, DataType.FLOAT);
        MultiLayerConfiguration conf = net.getLayerWiseConfigurations();
        MultiLayerConfiguration json = MultiLayerConfiguration.fromJson(conf.toJson());
        assertEquals(conf, json);
        assertEquals(conf, MultiLayerConfiguration.fromYaml(conf.toYaml()));
        assertEquals(conf.getConf(0).getLayer(), json.getConf(0).getLayer());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(conf.getConf(0).getLayer());
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertEquals(conf.getConf(0).getLayer(), in.readObject());
        }
        MultiLayerNetwork restored = new MultiLayerNetwork(json);
        restored.init(net.params(), true);
        INDArray x = input(type, DataType.FLOAT, 4);
        assertEquals(net.output(x), restored.output(x));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void otherBatchSizesClonesAndParametersWork(InputType type, Supplier<Layer> layer) {
        MultiLayerNetwork net = net(layer.get(), type, DataType.FLOAT);
        INDArray four = input(type, DataType.FLOAT, 4);
        INDArray y = net.output(four);
        INDArray one = four.get(NDArrayIndex.interval(0, 1)).dup();
        INDArray first = y.get(NDArrayIndex.interval(0, 1));
        assertTrue(net.output(one).equalsWithEps(first, 1e-5));
        MultiLayerNetwork copy = net.clone();
        assertEquals(y, copy.output(four));
        org.deeplearning4j.nn.api.Layer single = ((SpecSameDiffLayerImpl) net.getLayer(0)).clone();
        assertEquals(net.getLayer(0).params(), single.params());

        INDArray w = net.getParam("0_" + key(net)).mul(3);
        net.setParam("0_" + key(net), w);
        assertEquals(w, net.getParam("0_" + key(net)));
        assertNotEquals(y, net.output(four));
        assertThrows(
                IllegalArgumentException.class,
                () -> net.getLayer(0).setParam(key(net), Nd4j.zeros(1, 2, 3)));
        assertThrows(
                IllegalArgumentException.class,
                () -> net.getLayer(0).setParam("nothing", Nd4j.zeros(1)));
        assertTrue(
                net.getLayerWiseConfigurations()
                                .getConf(0)
                                .getLayer()
                                .getMemoryReport(type)
                                .getTotalMemoryBytes(
                                        4,
                                        org.deeplearning4j.nn.conf.memory.MemoryUseMode.TRAINING,
                                        org.deeplearning4j.nn.conf.CacheMode.NONE,
                                        DataType.FLOAT)
                        > 0);
    }

    private static String key(MultiLayerNetwork net) {
        return net.getLayer(0).conf().getLayer().initializer().paramKeys(layerConf(net)).get(0);
    }

    private static Layer layerConf(MultiLayerNetwork net) {
        return net.getLayer(0).conf().getLayer();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void trainsUnderItsConstraintWithDropoutAndWeightNoise(InputType type, Supplier<Layer> layer) {
        SpecSameDiffLayer<?> conf = (SpecSameDiffLayer<?>) layer.get();
        conf.setWeightNoise(new DropConnect(0.8));
        conf.setIDropout(new org.deeplearning4j.nn.conf.dropout.Dropout(0.9));
        conf.setUpdater(new Sgd(0.5));
        MultiLayerNetwork net = net(conf, type, DataType.FLOAT);
        INDArray x = input(type, DataType.FLOAT, 6);
        INDArray before = net.getLayer(0).params().dup();
        for (int i = 0; i < 5; i++) {
            net.fit(new DataSet(x, labels(DataType.FLOAT, 6)));
        }
        assertNotEquals(before, net.getLayer(0).params());
        // No noise and no dropout in evaluation.
        assertEquals(net.output(x), net.output(x));
        INDArray after = net.getLayer(0).params().dup();
        layerConf(net).getConstraints().forEach(c -> c.applyConstraint(net.getLayer(0), 0, 0));
        assertTrue(after.equalsWithEps(net.getLayer(0).params(), 1e-6));
    }

    @Test
    void documentedExampleOfTheDepthwiseLayer() {
        SameDiffDepthwiseConv2D layer =
                new SameDiffDepthwiseConv2D.Builder(1, 15)
                        .nIn(1)
                        .depthMultiplier(2)
                        .maxNorm(0.5)
                        .padding("same")
                        .hasBias(true)
                        .activation(Activation.ELU)
                        .constrainOnForward(true)
                        .build();
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .updater(new NoOp())
                                .list(layer)
                                .setInputType(InputType.convolutional(8, 64, 1))
                                .build());
        net.init();
        net.getParam("0_W").muli(10);
        INDArray y = net.output(Nd4j.randn(DataType.FLOAT, 4, 1, 8, 64));
        assertArrayEquals(new long[] {4, 2, 8, 64}, y.shape());
        assertFalse(y.isNaN().any());
        INDArray norms = net.getParam("0_W").norm2(1, 2, 3);
        assertTrue(norms.maxNumber().doubleValue() <= 0.5 + 1e-3);
        assertEquals(0.5, norms.maxNumber().doubleValue(), 1e-3);
    }

    @Test
    void inputSizesMayAlternate() {
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .list(
                                        new SameDiffConstrainedConv2D.Builder(3, 3)
                                                .nIn(2)
                                                .nOut(3)
                                                .activation(Activation.IDENTITY)
                                                .build())
                                .build());
        net.init();
        INDArray small = Nd4j.randn(DataType.FLOAT, 2, 2, 5, 5);
        INDArray large = Nd4j.randn(DataType.FLOAT, 3, 2, 8, 6);
        INDArray y = net.output(small);
        assertArrayEquals(new long[] {3, 3, 8, 6}, net.output(large).shape());
        assertEquals(y, net.output(small));
    }

    @Test
    void masksZeroStepsAndAreReduced() {
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .list(
                                        new SameDiffConstrainedConv1D.Builder(3)
                                                .nIn(2)
                                                .nOut(3)
                                                .padding("valid")
                                                .stride(2)
                                                .activation(Activation.SIGMOID)
                                                .build())
                                .build());
        net.init();
        INDArray x = Nd4j.randn(DataType.FLOAT, 1, 2, 9);
        INDArray mask = Nd4j.create(new float[][] {{1, 1, 1, 1, 0, 0, 0, 0, 0}});
        INDArray y = net.output(x, false, mask, null);
        // Windows start at 0, 2, 4, 6: only the first lies within the four valid steps.
        for (int o = 0; o < 3; o++) {
            assertTrue(y.getDouble(0, o, 0) > 0);
            assertEquals(0, y.getDouble(0, o, 1));
            assertEquals(0, y.getDouble(0, o, 2));
            assertEquals(0, y.getDouble(0, o, 3));
        }
    }

    @Test
    void theUsersConstraintsAddToTheLayers() {
        SameDiffConstrainedDense layer =
                new SameDiffConstrainedDense.Builder()
                        .nIn(3)
                        .nOut(2)
                        .constrainBias(new MaxNorm(0.1))
                        .constrainWeights(new MaxNorm(0.2))
                        .build();
        assertEquals(3, layer.getConstraints().size());
        SameDiffDepthwiseConv2D unknown =
                new SameDiffDepthwiseConv2D.Builder(3)
                        .constrainAllParameters(new MaxNorm(0.3))
                        .build();
        assertEquals(2, unknown.getConstraints().size());
    }

    @Test
    void errorsNameTheLayerAndWhatIsExpected() {
        assertMessage(
                assertThrows(
                        DL4JInvalidConfigException.class,
                        () ->
                                new SameDiffConstrainedConv2D.Builder(3, 3)
                                        .name("first")
                                        .nIn(4)
                                        .build()),
                "SameDiffConstrainedConv2D",
                "first",
                "nOut");
        MultiLayerConfiguration unknown =
                new NeuralNetConfiguration.Builder()
                        .list(
                                new SameDiffConstrainedConv2D.Builder(3, 3)
                                        .name("first")
                                        .nOut(4)
                                        .build())
                        .build();
        assertEquals(unknown, MultiLayerConfiguration.fromJson(unknown.toJson()));
        assertMessage(
                assertThrows(
                        DL4JInvalidConfigException.class,
                        () -> new MultiLayerNetwork(unknown).init()),
                "first",
                "nIn");
        MultiLayerNetwork net =
                net(
                        new SameDiffConstrainedConv2D.Builder(7, 3)
                                .name("first")
                                .nOut(4)
                                .padding("valid")
                                .activation(Activation.RELU)
                                .build(),
                        InputType.convolutional(8, 7, 4),
                        DataType.FLOAT);
        for (long[] shape : new long[][] {{2, 4, 8}, {2, 3, 8, 7}, {2, 4, 5, 7}}) {
            assertMessage(
                    assertThrows(
                            DL4JInvalidInputException.class,
                            () -> net.feedForwardToLayer(0, Nd4j.zeros(DataType.FLOAT, shape))),
                    "first",
                    "SameDiffConstrainedConv2D");
        }
    }

    private static void assertMessage(Exception e, String... parts) {
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }
}
