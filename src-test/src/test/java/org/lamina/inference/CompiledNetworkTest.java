package org.lamina.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.activations.Elu;
import org.lamina.activations.Gelu;
import org.lamina.activations.GeluTanh;
import org.lamina.activations.ScaledActivation;
import org.lamina.activations.Swish;
import org.lamina.harness.Close;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.ConstrainedConv2D;
import org.lamina.layers.Conv2D;
import org.lamina.layers.MaxPooling2D;
import org.lamina.layers.Nonlinearity;
import org.lamina.layers.SkipInitGain;
import org.lamina.layers.SqueezeExcitation;
import org.lamina.zoo.DeepConvNet;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.ShallowConvNet;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A compiled network's outputs against the network's own. */
class CompiledNetworkTest {

    private static final Close CLOSE = new Close(1e-4, 1e-5);

    private static MultiLayerNetwork eegNet(EEGNet.Preset preset, boolean fused) {
        return EEGNet.builder()
                .preset(preset)
                .channels(5)
                .samples(128)
                .kernelLength(32)
                .classes(3)
                .fused(fused)
                .build()
                .init();
    }

    private static ComputationGraph nfNet() {
        return NFNet.builder().preset(NFNet.Preset.NFNET_TINY).skipGain(0.7).build().init();
    }

    /** Every kind of vertex and layer that is not in the networks of the zoo. */
    private static ComputationGraph graph(long hidden) {
        ComputationGraph graph =
                new ComputationGraph(
                        new NeuralNetConfiguration.Builder()
                                .seed(3)
                                .updater(new Adam(1e-2))
                                .activation(Activation.IDENTITY)
                                .graphBuilder()
                                .addInputs("in")
                                .setInputTypes(InputType.convolutional(12, 9, 3))
                                .addLayer("conv", conv(24, 3, 1), "in")
                                .addLayer("norm", new BatchNorm.Builder().build(), "conv")
                                .addLayer("grouped", conv(24, 3, 6), "norm")
                                .addLayer("elu", function(new Elu(0.7)), "grouped")
                                .addLayer("se", gate(hidden), "elu")
                                .addLayer("gain", gain(), "se")
                                .addVertex("scale", new ScaleVertex(-0.5), "norm")
                                .addVertex("sum", add(), "gain", "scale", "norm")
                                .addLayer("norm2", new BatchNorm.Builder().build(), "sum")
                                .addLayer("tanh", new ActivationLayer(Activation.TANH), "norm2")
                                .addLayer("max", pool(PoolingType.MAX, 3, 2), "tanh")
                                .addLayer("mean", pool(PoolingType.AVG, 2, 1), "max")
                                .addLayer("dense", dense(), "mean")
                                .addLayer("out", out(), "dense")
                                .setOutputs("out")
                                .build());
        graph.init();
        return graph;
    }

    private static ElementWiseVertex add() {
        return new ElementWiseVertex(ElementWiseVertex.Op.Add);
    }

    private static Conv2D conv(int outputs, int kernel, int groups) {
        return new Conv2D.Builder(kernel).nOut(outputs).groups(groups).padding(1).build();
    }

    private static Nonlinearity function(Elu f) {
        return new Nonlinearity.Builder().activation(f).build();
    }

    private static SqueezeExcitation gate(long hidden) {
        return new SqueezeExcitation.Builder().hidden(hidden).scale(2).build();
    }

    private static SkipInitGain gain() {
        return new SkipInitGain.Builder().initialGain(0.3).build();
    }

    private static SubsamplingLayer pool(PoolingType type, int kernel, int stride) {
        return new SubsamplingLayer.Builder(type)
                .kernelSize(kernel, kernel)
                .stride(stride, stride)
                .build();
    }

    private static DenseLayer dense() {
        return new DenseLayer.Builder().nOut(7).activation(Activation.RELU).build();
    }

    private static OutputLayer out() {
        return new OutputLayer.Builder(LossFunction.XENT)
                .nOut(2)
                .activation(Activation.SIGMOID)
                .build();
    }

    private static INDArray random(long... shape) {
        Nd4j.getRandom().setSeed(5);
        return Nd4j.randn(DataType.FLOAT, shape);
    }

    private static CompiledNetwork compiled(Model network) {
        return network instanceof ComputationGraph
                ? CompiledNetwork.of((ComputationGraph) network)
                : CompiledNetwork.of((MultiLayerNetwork) network);
    }

    private static INDArray output(Model network, INDArray x) {
        return network instanceof ComputationGraph
                ? ((ComputationGraph) network).outputSingle(x)
                : ((MultiLayerNetwork) network).output(x);
    }

    private static void fit(Model network, INDArray x) {
        INDArray labels = Nd4j.zeros(output(network, x).shape());
        for (long i = 0; i < labels.size(0); i++) {
            labels.putScalar(i, i % labels.size(1), 1);
        }
        if (network instanceof ComputationGraph) {
            ((ComputationGraph) network).fit(new DataSet(x, labels));
        } else {
            ((MultiLayerNetwork) network).fit(new DataSet(x, labels));
        }
    }

    private static void check(String what, CompiledNetwork compiled, Model network, INDArray x) {
        assertEquals(Optional.empty(), compiled.unsupported(x), what);
        CLOSE.check(what, compiled.output(x), output(network, x));
    }

    /** In training, too, which moves the running statistics; with several sizes of minibatch. */
    @TestFactory
    Stream<DynamicTest> equalsTheNetworksOwnOutput() {
        Map<String, Model> networks = new LinkedHashMap<>();
        for (EEGNet.Preset preset : EEGNet.Preset.values()) {
            networks.put("EEGNet, " + preset, eegNet(preset, false));
            networks.put("EEGNet, fused, " + preset, eegNet(preset, true));
        }
        networks.put("NFNet", nfNet());
        networks.put("graph", graph(5));
        networks.put("graph of whole blocks", graph(16));
        return networks.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> equals(e.getValue())));
    }

    private static void equals(Model network) {
        long[] shape =
                network instanceof MultiLayerNetwork
                        ? new long[] {4, 1, 5, 128}
                        : network.numParams() > 100_000
                                ? new long[] {4, 3, 32, 32}
                                : new long[] {4, 3, 12, 9};
        INDArray x = random(shape);
        CompiledNetwork compiled = compiled(network);
        for (int step = 0; step < 3; step++) {
            for (long examples = 1; examples <= 4; examples += 3) {
                INDArray part = x.get(NDArrayIndex.interval(0, examples));
                check(examples + " examples", compiled, network, part);
            }
            fit(network, x);
        }
    }

    /** In whatever way parameters change. */
    @Test
    void followsTheParameters(@TempDir Path folder) throws Exception {
        for (boolean fused : new boolean[] {false, true}) {
            MultiLayerNetwork network = eegNet(EEGNet.Preset.KERAS, fused);
            CompiledNetwork compiled = CompiledNetwork.of(network);
            INDArray x = random(2, 1, 5, 128);
            List<Runnable> changes = new ArrayList<>();
            changes.add(() -> network.setParams(network.params().mul(1.1)));
            changes.add(() -> network.params().muli(0.9));
            changes.add(() -> network.params().putScalar(0, 3));
            changes.add(() -> network.setParam("0_" + weight(network), ones(network)));
            changes.add(() -> network.getLayer(0).getParam(weight(network)).addi(0.5));
            changes.add(() -> fit(network, x));
            INDArray last = compiled.output(x);
            for (int i = 0; i < changes.size(); i++) {
                changes.get(i).run();
                check("change " + i, compiled, network, x);
                INDArray now = compiled.output(x);
                assertFalse(now.equalsWithEps(last, 1e-6), "change " + i + " changes the output");
                last = now;
            }
            File file = folder.resolve("network.zip").toFile();
            network.save(file);
            MultiLayerNetwork loaded = MultiLayerNetwork.load(file, true);
            check("loaded", CompiledNetwork.of(loaded), loaded, x);
        }
    }

    private static String weight(MultiLayerNetwork network) {
        return network.getLayer(0).paramTable().keySet().iterator().next();
    }

    private static INDArray ones(MultiLayerNetwork network) {
        return Nd4j.ones(DataType.FLOAT, network.getLayer(0).getParam(weight(network)).shape());
    }

    /** Of unequal size, by several threads, in which a change of parameters shows too. */
    @Test
    void computesLargeBatchesInPieces() {
        for (Model network : List.of(eegNet(EEGNet.Preset.KERAS, false), nfNet())) {
            boolean images = network instanceof ComputationGraph;
            INDArray x = images ? random(45, 3, 32, 32) : random(301, 1, 5, 128);
            CompiledNetwork compiled = compiled(network);
            for (int step = 0; step < 2; step++) {
                check("pieces", compiled, network, x);
                network.params().muli(1.1);
            }
            x.putScalar(new long[] {17, 0, 2, 17}, Float.NaN);
            INDArray y = compiled.output(x);
            for (int i = 0; i < x.size(0); i++) {
                assertEquals(i == 17, Double.isNaN(y.getDouble(i, 0)), "example " + i);
            }
        }
    }

    /** A network of other arrays than before, or of some that no vector holds. */
    @Test
    void followsTheParametersPlace() {
        MultiLayerNetwork network = eegNet(EEGNet.Preset.KERAS, true);
        CompiledNetwork compiled = CompiledNetwork.of(network);
        INDArray x = random(2, 1, 5, 128);
        check("first", compiled, network, x);
        network.init(network.params().mul(1.2), false);
        check("initialized anew", compiled, network, x);
        int dense = network.getnLayers() - 1;
        Map<String, INDArray> copies = new LinkedHashMap<>();
        network.getLayer(dense).paramTable().forEach((k, v) -> copies.put(k, v.dup()));
        network.getLayer(dense).setParamTable(copies);
        for (int step = 0; step < 2; step++) {
            copies.values().forEach(v -> v.addi(0.5));
            CLOSE.check("apart", compiled.output(x), network.output(x));
            assertTrue(compiled.unsupported(x).orElseThrow().contains("apart"));
        }
    }

    /** NaN in one example shows in its output and in no other. */
    @Test
    void keepsWhatIsNotANumber() {
        for (Model network : List.of(eegNet(EEGNet.Preset.KERAS, true), nfNet())) {
            boolean images = network instanceof ComputationGraph;
            INDArray x = images ? random(3, 3, 32, 32) : random(3, 1, 5, 128);
            x.putScalar(new long[] {1, 0, 2, 17}, Float.NaN);
            INDArray y = compiled(network).output(x);
            for (int i = 0; i < 3; i++) {
                assertEquals(i == 1, Double.isNaN(y.getDouble(i, 0)), "example " + i);
            }
        }
    }

    private static MultiLayerNetwork layers(Layer... layers) {
        NeuralNetConfiguration.ListBuilder list =
                new NeuralNetConfiguration.Builder()
                        .seed(3)
                        .activation(Activation.IDENTITY)
                        .list()
                        .setInputType(InputType.convolutional(8, 10, 6));
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork network = new MultiLayerNetwork(list.build());
        network.init();
        return network;
    }

    private static void checkNaN(String what, MultiLayerNetwork network, INDArray x) {
        assertEquals(Optional.empty(), CompiledNetwork.of(network).unsupported(x), what);
        compareNaN(what, network, x);
    }

    /** NaN and infinity at the same places, the same numbers elsewhere. */
    private static void compareNaN(String what, MultiLayerNetwork network, INDArray x) {
        INDArray y = CompiledNetwork.of(network).output(x);
        INDArray expected = network.output(x);
        assertTrue(expected.isNaN().any() && !expected.isNaN().all(), what);
        assertEquals(notFinite(expected), notFinite(y), what);
        for (INDArray array : List.of(y, expected)) {
            BooleanIndexing.replaceWhere(array, 0, Conditions.isNan());
            BooleanIndexing.replaceWhere(array, 0, Conditions.isInfinite());
        }
        CLOSE.check(what, y, expected);
    }

    /** The values by place. */
    private static Map<Integer, Double> notFinite(INDArray array) {
        double[] values = array.dup('c').data().asDouble();
        return IntStream.range(0, values.length)
                .filter(i -> !Double.isFinite(values[i]))
                .boxed()
                .collect(Collectors.toMap(i -> i, i -> values[i]));
    }

    private static INDArray with(float value, long... place) {
        return random(3, 6, 8, 10).putScalar(place, value);
    }

    /** Also where infinite values, or parameters, bring it about on the way. */
    @Test
    void maximumPoolingKeepsWhatIsNotANumber() {
        Layer maximum = new MaxPooling2D.Builder(2, 3).stride(2, 2).build();
        checkNaN("first", layers(maximum), with(Float.NaN, 1, 2, 3, 4));
        MultiLayerNetwork network = layers(conv(8, 3, 1), maximum, conv(5, 3, 1), maximum);
        checkNaN("input", network, with(Float.NaN, 1, 2, 3, 4));
        float infinity = Float.POSITIVE_INFINITY;
        INDArray opposite = with(infinity, 1, 2, 3, 4).putScalar(new int[] {1, 2, 3, 5}, infinity);
        checkNaN("infinity less infinity", network, opposite);
        INDArray huge = random(3, 6, 8, 10);
        huge.get(NDArrayIndex.point(2)).muli(1e38f);
        network.getLayer(0).getParam("W").muli(100);
        checkNaN("sums that overflow", network, huge);
        network.getLayer(0).getParam("W").divi(100);
        INDArray one = network.getLayer(2).getParam("W").get(NDArrayIndex.point(4));
        checkAfter("parameter", network, () -> one.assign(Float.NaN));
    }

    /** Minus infinity, which becomes 0, before what makes a number of it or not. */
    @TestFactory
    Stream<DynamicTest> rectifiersKeepNoMinusInfinity() {
        Layer relu = new Nonlinearity.Builder().activation(new ActivationReLU()).build();
        Layer sigmoid = new Nonlinearity.Builder().activation(new ActivationSigmoid()).build();
        Layer tanh = new Nonlinearity.Builder().activation(new ActivationTanH()).build();
        Map<String, Layer[]> cases = new LinkedHashMap<>();
        cases.put("last", new Layer[] {relu});
        cases.put("function", new Layer[] {relu, tanh});
        cases.put("convolution", new Layer[] {relu, conv(5, 3, 1), sigmoid});
        cases.put("pooling", new Layer[] {relu, pool(PoolingType.AVG, 2, 2), conv(8, 1, 1), tanh});
        cases.put("maximum", new Layer[] {relu, pool(PoolingType.MAX, 2, 2), tanh});
        cases.put("gate", new Layer[] {relu, gate(8), sigmoid});
        cases.put("dense layer", new Layer[] {relu, dense(), out()});
        return cases.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> infinity(e.getValue())));
    }

    private static void infinity(Layer... after) {
        Layer[] all = new Layer[after.length + 1];
        all[0] = conv(8, 3, 1);
        System.arraycopy(after, 0, all, 1, after.length);
        MultiLayerNetwork network = layers(all);
        INDArray x = with(Float.NEGATIVE_INFINITY, 1, 2, 3, 4);
        INDArray y = CompiledNetwork.of(network).output(x);
        INDArray expected = network.output(x);
        assertEquals(notFinite(expected), notFinite(y));
        BooleanIndexing.replaceWhere(y, 0, Conditions.isNan());
        BooleanIndexing.replaceWhere(expected, 0, Conditions.isNan());
        BooleanIndexing.replaceWhere(y, 0, Conditions.isInfinite());
        BooleanIndexing.replaceWhere(expected, 0, Conditions.isInfinite());
        CLOSE.check("minus infinity", y, expected);
    }

    @Test
    void supportsNetworksWithoutParameters() {
        MultiLayerNetwork network = layers(function(new Elu(0.7)));
        INDArray x = random(3, 6, 8, 10);
        check("no parameters", CompiledNetwork.of(network), network, x);
    }

    /** A network that is compiled before a change. */
    private static void checkAfter(String what, MultiLayerNetwork network, Runnable change) {
        INDArray x = random(3, 6, 8, 10);
        CompiledNetwork compiled = CompiledNetwork.of(network);
        CLOSE.check(what, compiled.output(x), network.output(x));
        change.run();
        assertTrue(compiled.output(x).isNaN().any(), what);
        checkNaN(what, network, x);
    }

    /** DL4J's ignores it. */
    @Test
    void maximumPoolingOfDl4jIsAsThere() {
        MultiLayerNetwork network = layers(pool(PoolingType.MAX, 2, 2));
        INDArray x = with(Float.NaN, 1, 2, 3, 4);
        check("maximum", CompiledNetwork.of(network), network, x);
        assertFalse(network.output(x).isNaN().any());
    }

    /** Their weights are filled with zeros, which times NaN or infinity are NaN. */
    @Test
    void groupsKeepWhatIsNotANumberToThemselves() {
        MultiLayerNetwork network = layers(conv(9, 3, 3));
        checkNaN("NaN", network, with(Float.NaN, 1, 2, 3, 4));
        float infinity = Float.POSITIVE_INFINITY;
        INDArray x = with(infinity, 1, 2, 3, 4).putScalar(new int[] {1, 2, 3, 5}, infinity);
        checkNaN("infinity", network, x);
    }

    /** As part of a convolution, of whole blocks of channels and not, and by themselves. */
    @TestFactory
    Stream<DynamicTest> functionsKeepWhatIsNotANumber() {
        List<IActivation> functions =
                List.of(
                        new ActivationReLU(),
                        new ActivationELU(0.7),
                        new Elu(0.7),
                        new ActivationSwish(),
                        new Swish(1.3),
                        new Gelu(),
                        new GeluTanh(),
                        new ActivationSigmoid(),
                        new ActivationTanH(),
                        ScaledActivation.unitVariance(new ActivationReLU()),
                        ScaledActivation.unitVariance(new Gelu()));
        INDArray x = with(Float.NaN, 1, 2, 3, 4);
        return functions.stream()
                .map(f -> DynamicTest.dynamicTest(f.toString(), () -> keepsNaN(f, x)));
    }

    private static void keepsNaN(IActivation f, INDArray x) {
        Layer layer = new Nonlinearity.Builder().activation(f).build();
        checkNaN("first layer", layers(layer), x);
        for (int channels : new int[] {3, 8, 16}) {
            MultiLayerNetwork network = layers(conv(channels, 3, 1), layer, layer);
            checkNaN(channels + " channels", network, x);
        }
        // Not supported with every function.
        compareNaN("1 channel", layers(conv(1, 3, 1), layer, layer), x);
        ActivationLayer dl4j = new ActivationLayer(f);
        checkNaN("ActivationLayer", layers(conv(8, 3, 1), dl4j, dl4j), x);
        Layer conv = new Conv2D.Builder(3).nOut(8).activation(f).build();
        checkNaN("convolution", layers(conv), x);
        DenseLayer dense = new DenseLayer.Builder().nOut(7).activation(f).build();
        checkNaN("dense layer", layers(dense), x);
    }

    @Test
    void threadsDoNotDisturbEachOther() throws Exception {
        MultiLayerNetwork network = eegNet(EEGNet.Preset.KERAS, true);
        CompiledNetwork compiled = CompiledNetwork.of(network);
        List<INDArray> inputs = new ArrayList<>();
        List<INDArray> expected = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            inputs.add(random(2, 1, 5, 128).addi(0.1 * i));
            expected.add(network.output(inputs.get(i)));
        }
        var pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int task = i;
                futures.add(
                        pool.submit(
                                () -> {
                                    for (int k = 0; k < 50; k++) {
                                        INDArray y = compiled.output(inputs.get(task));
                                        CLOSE.check("thread " + task, y, expected.get(task));
                                    }
                                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        } finally {
            pool.shutdown();
        }
    }

    /** An output stays what it is when the next is computed, and the input is left alone. */
    @Test
    void outputsAreNew() {
        CompiledNetwork compiled = CompiledNetwork.of(eegNet(EEGNet.Preset.KERAS, true));
        INDArray x = random(2, 1, 5, 128);
        INDArray before = x.dup();
        INDArray y = compiled.output(x);
        INDArray copy = y.dup();
        compiled.output(x.mul(2));
        assertEquals(copy, y);
        assertEquals(before, x);
        CLOSE.check("columns first", compiled.output(x.dup('f')), copy);
    }

    /** What is not supported gives the network's own output, and is named. */
    @Test
    void otherNetworksRunThemselves() {
        MultiLayerNetwork logarithms =
                ShallowConvNet.builder()
                        .preset(ShallowConvNet.Preset.BRAINDECODE)
                        .channels(4)
                        .samples(250)
                        .classes(2)
                        .build()
                        .init();
        INDArray x = random(2, 1, 4, 250);
        CompiledNetwork compiled = CompiledNetwork.of(logarithms);
        String reason = compiled.unsupported(x).orElseThrow();
        assertTrue(reason.contains("activation function"), reason);
        assertEquals(logarithms.output(x), compiled.output(x));

        MultiLayerNetwork doubles =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .dataType(DataType.DOUBLE)
                                .list()
                                .layer(new ConstrainedConv2D.Builder(3).nOut(2).build())
                                .layer(out())
                                .setInputType(InputType.convolutional(6, 6, 1))
                                .build());
        doubles.init();
        INDArray image = random(2, 1, 6, 6).castTo(DataType.DOUBLE);
        CompiledNetwork other = CompiledNetwork.of(doubles);
        assertTrue(other.unsupported(image).isPresent());
        assertEquals(doubles.output(image), other.output(image));
    }

    /** Convolutions of temporal and spatial filters in one, and wide pooling. */
    @Test
    void supportsDeepConvNet() {
        for (boolean fused : new boolean[] {false, true}) {
            MultiLayerNetwork network =
                    DeepConvNet.builder()
                            .channels(4)
                            .samples(256)
                            .classes(2)
                            .fused(fused)
                            .build()
                            .init();
            INDArray x = random(3, 1, 4, 256);
            fit(network, x);
            check(fused ? "fused" : "in parts", CompiledNetwork.of(network), network, x);
        }
    }
}
