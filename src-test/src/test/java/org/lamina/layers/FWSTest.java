package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.constraints.MaxNorm;
import org.lamina.harness.Close;
import org.lamina.harness.EveryOther;
import org.lamina.harness.Gradients;
import org.lamina.harness.HalfAsMuch;
import org.lamina.harness.Nets;
import org.lamina.layers.samediff.SameDiffConv1D;
import org.lamina.layers.samediff.SameDiffConv2D;
import org.lamina.layers.samediff.SameDiffConv3D;
import org.lamina.layers.samediff.SameDiffDepthwiseConv2D;
import org.lamina.layers.samediff.SameDiffFWS;
import org.lamina.layers.samediff.SameDiffWSConv2D;
import org.lamina.layers.samediff.SpecSameDiffLayer;
import org.lamina.layers.wrapper.StandardizedWeights;
import org.lamina.spec.WeightStandardization;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * The wrapper that standardizes a convolution's weights, around DL4J's layers and this project's:
 * what the layer contract asks, as far as it fits a wrapper. Golden values are in {@code
 * GoldenTest}.
 */
class FWSTest {

    /**
     * A layer to wrap.
     *
     * @param size size of one example, channels first
     * @param shape shape that the layer reads its weight in
     * @param unitAxes axes of that shape that count units
     */
    private record Wrapped(
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
    }

    private static long[] longs(long... values) {
        return values;
    }

    private static INDArray random(long seed, long... shape) {
        Random random = new Random(seed);
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array;
    }

    private static Stream<Wrapped> layers() {
        Activation tanh = Activation.TANH;
        return Stream.of(
                new Wrapped(
                        "DL4J ConvolutionLayer",
                        () -> new ConvolutionLayer.Builder(3, 2).nOut(4).activation(tanh).build(),
                        longs(2, 5, 6),
                        longs(4, 2, 3, 2),
                        0),
                new Wrapped(
                        "DL4J Convolution1DLayer",
                        () -> new Convolution1DLayer.Builder(3, 1).nOut(4).activation(tanh).build(),
                        longs(2, 9),
                        longs(3, 2, 4),
                        2),
                new Wrapped(
                        "DL4J Convolution3D",
                        () ->
                                new Convolution3D.Builder(2, 3, 2)
                                        .dataFormat(Convolution3D.DataFormat.NCDHW)
                                        .nOut(3)
                                        .activation(tanh)
                                        .build(),
                        longs(2, 4, 5, 4),
                        longs(3, 2, 2, 3, 2),
                        0),
                new Wrapped(
                        "DL4J Deconvolution2D",
                        () -> new Deconvolution2D.Builder(2, 3).nOut(3).activation(tanh).build(),
                        longs(2, 4, 5),
                        longs(2, 3, 2, 3),
                        0),
                new Wrapped(
                        "DL4J Deconvolution3D",
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
                new Wrapped(
                        "DL4J DepthwiseConvolution2D",
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
                new Wrapped(
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
                new Wrapped(
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
                new Wrapped(
                        "SameDiffConv1D",
                        () -> new SameDiffConv1D.Builder(3).nOut(4).activation(tanh).build(),
                        longs(2, 9),
                        longs(4, 2, 3),
                        0),
                new Wrapped(
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
                new Wrapped(
                        "SameDiffConv3D",
                        () -> new SameDiffConv3D.Builder(2).nOut(3).activation(tanh).build(),
                        longs(2, 3, 4, 3),
                        longs(3, 2, 2, 2, 2),
                        0));
    }

    // ---- numbers --------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("layers")
    void gradientsFlowIfDifferentiable(Wrapped wrapped) {
        for (boolean learnable : new boolean[] {true, false}) {
            MultiLayerNetwork net =
                    wrapped.single(
                            wrapped.builder()
                                    .differentiable(true)
                                    .learnableGain(learnable)
                                    .standardization(WeightStandardization.nfnet())
                                    .build());
            INDArray x = wrapped.batch(2, 1);
            INDArray stored = net.params().dup();
            INDArray g = random(2, net.output(x).shape());
            assertEquals(stored, net.params(), "the stored weights changed");
            if (learnable) {
                Gradients.check(net, x, null, g);
            } else {
                Nets.Pass pass = Nets.pass(net, x, g);
                assertEquals(0, pass.gradients().get("0_gain").amaxNumber().doubleValue());
                assertNotEquals(0, pass.gradients().get("0_W").amaxNumber().doubleValue());
            }
        }
    }

    /** Wherever its parameters begin in the network's; see the layer contract's placement. */
    @ParameterizedTest
    @MethodSource("layers")
    void isTheSameBehindOtherLayers(Wrapped wrapped) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            Supplier<Layer> layer = () -> wrapped.builder().differentiable(true).build();
            MultiLayerNetwork first = Nets.single(layer.get(), wrapped.input(), type);
            first.params().assign(random(5, first.params().shape()).muli(0.5));
            INDArray x = wrapped.batch(2, 1).castTo(type);
            INDArray g = random(2, first.output(x).shape()).castTo(type);
            Nets.Pass expected = Nets.pass(first, x, g);
            for (long offset : Nets.offsets(first.paramTable())) {
                Nets.Pass actual =
                        Nets.pass(
                                Nets.behind(offset, layer.get(), wrapped.input(), first.params()),
                                x,
                                g);
                Close.of(type).check("output", actual.output(), expected.output());
                Close.of(type).check("dx", actual.inputGradient(), expected.inputGradient());
                expected.gradients()
                        .forEach((k, v) -> Close.of(type).check(k, actual.gradients().get(k), v));
            }
        }
    }

    /** ND4J's ops for float throw with oneDNN: who gets a network can train it. */
    @Test
    void computesWithDilationOrSaysWhatDoes() {
        Map<ConvolutionLayer, Layer> ownByDl4js = new LinkedHashMap<>();
        ownByDl4js.put(
                new Convolution1DLayer.Builder(3, 1).nOut(4).dilation(2).build(),
                new Conv1D.Builder(3).nOut(4).dilation(2).build());
        ownByDl4js.put(
                new ConvolutionLayer.Builder(3, 2).nOut(4).dilation(2, 2).build(),
                new Conv2D.Builder(3, 2).nOut(4).dilation(2).build());
        ownByDl4js.put(
                new DepthwiseConvolution2D.Builder(3, 2)
                        .depthMultiplier(2)
                        .nOut(4)
                        .dilation(2, 2)
                        .build(),
                new DepthwiseConv2D.Builder(3, 2).depthMultiplier(2).dilation(2).build());
        ownByDl4js.put(
                new Deconvolution2D.Builder(3, 2).nOut(4).dilation(2, 2).build(),
                new ConvTranspose2D.Builder(3, 2).nOut(4).dilation(2).build());
        ownByDl4js.put(
                new Convolution3D.Builder(2, 2, 2).nOut(4).dilation(1, 2, 1).build(),
                new Conv3D.Builder(2).nOut(4).dilation(1, 2, 1).build());
        ownByDl4js.put(
                new Deconvolution3D.Builder().kernelSize(2, 2, 2).nOut(4).dilation(2, 2, 2).build(),
                new ConvTranspose3D.Builder(2).nOut(4).dilation(2).build());
        ownByDl4js.forEach(
                (theirs, own) -> {
                    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
                        boolean sequence = theirs instanceof Convolution1DLayer;
                        int rank = sequence ? 1 : theirs.getKernelSize().length;
                        long[] shape = new long[rank + 2];
                        Arrays.fill(shape, 6);
                        shape[1] = 2;
                        train(own, shape, type);
                        try {
                            train(theirs, shape, type);
                        } catch (DL4JInvalidConfigException e) {
                            assertEquals(DataType.FLOAT, type);
                            String message = e.getMessage();
                            assertTrue(
                                    message.contains("\"dilated\"")
                                            && message.contains("dilation = [")
                                            && message.contains(own.getClass().getSimpleName()),
                                    message);
                        }
                    }
                });
    }

    private static void train(Layer wrapped, long[] shape, DataType type) {
        MultiLayerNetwork net =
                Nets.single(
                        new FWS.Builder(wrapped).name("dilated").build(),
                        Nets.inputType(shape),
                        type);
        INDArray x = random(1, shape).castTo(type);
        INDArray dx = Nets.pass(net, x, Nd4j.ones(type, net.output(x).shape())).inputGradient();
        assertTrue(dx.amaxNumber().doubleValue() > 0);
    }

    /** What shifts or scales all weights of one unit changes nothing. */
    @ParameterizedTest
    @MethodSource("layers")
    void eachUnitIsStandardizedByItself(Wrapped wrapped) {
        MultiLayerNetwork net = wrapped.single(wrapped.builder().differentiable(true).build());
        INDArray x = wrapped.batch(2, 1);
        INDArray expected = net.output(x).dup();
        INDArray weight = net.getParam("0_W").reshape('c', wrapped.shape());
        for (long unit = 0; unit < weight.size(wrapped.unitAxes()[0]); unit++) {
            INDArrayIndex[] index = new INDArrayIndex[weight.rank()];
            Arrays.fill(index, NDArrayIndex.all());
            for (int axis : wrapped.unitAxes()) {
                index[axis] = NDArrayIndex.interval(0, 1);
            }
            index[wrapped.unitAxes()[0]] = NDArrayIndex.interval(unit, unit + 1);
            INDArray part = weight.get(index);
            part.muli(3 + unit).addi(0.7 - unit);
        }
        Close.of(DataType.DOUBLE).check("output", net.output(x), expected);
        weight.putScalar(new long[weight.rank()], 9);
        assertNotEquals(expected, net.output(x));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void inPlaceComputesTheSameAndKeepsIt(Wrapped wrapped) {
        MultiLayerNetwork differentiable =
                wrapped.single(wrapped.builder().differentiable(true).build());
        MultiLayerNetwork inPlace = wrapped.single(wrapped.builder().build());
        INDArray x = wrapped.batch(2, 1);
        INDArray g = random(2, differentiable.output(x).shape());
        Nets.Pass expected = Nets.pass(differentiable, x, g);
        Nets.Pass actual = Nets.pass(inPlace, x, g);
        Close close = Close.of(DataType.DOUBLE);
        close.check("output", actual.output(), expected.output());
        close.check("input gradient", actual.inputGradient(), expected.inputGradient());
        assertEquals(0, actual.gradients().get("0_gain").amaxNumber().doubleValue());

        // The wrapped layer alone, with the weights that are stored now.
        MultiLayerNetwork plain = wrapped.single(wrapped.layer().get());
        plain.getParam("0_W").assign(inPlace.getParam("0_W"));
        plain.getParam("0_b").assign(inPlace.getParam("0_b"));
        Nets.Pass alone = Nets.pass(plain, x, g);
        close.check("output, layer alone", alone.output(), actual.output());
        close.check("W", actual.gradients().get("0_W"), alone.gradients().get("0_W"));
        close.check("b", actual.gradients().get("0_b"), alone.gradients().get("0_b"));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void constEvalUsesStoredWeightsInEvaluation(Wrapped wrapped) {
        for (boolean differentiable : new boolean[] {false, true}) {
            MultiLayerNetwork net =
                    wrapped.single(
                            wrapped.builder()
                                    .constEval(true)
                                    .differentiable(differentiable)
                                    .build());
            MultiLayerNetwork plain = wrapped.single(wrapped.layer().get());
            plain.getParam("0_W").assign(net.getParam("0_W"));
            plain.getParam("0_b").assign(net.getParam("0_b"));
            INDArray x = wrapped.batch(2, 1);
            INDArray stored = net.params().dup();
            Close.of(DataType.DOUBLE).check("evaluation", net.output(x), plain.output(x));
            assertEquals(stored, net.params());
            assertNotEquals(plain.output(x), net.output(x, true));
            assertEquals(differentiable, stored.equals(net.params()));
        }
    }

    @Test
    void bothFormsTrainAlike() {
        for (boolean differentiable : new boolean[] {false, true}) {
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                InputType input = InputType.convolutional(6, 7, 3);
                Layer nat =
                        new FWS.Builder(new Conv2D.Builder(3, 3).nOut(4).build())
                                .differentiable(differentiable)
                                .build();
                Layer same =
                        new SameDiffFWS.Builder(new SameDiffConv2D.Builder(3, 3).nOut(4).build())
                                .differentiable(differentiable)
                                .build();
                MultiLayerNetwork a = Nets.classifier(nat, input, type, new Adam(0.01));
                MultiLayerNetwork b = Nets.classifier(same, input, type, new Adam(0.01));
                b.setParams(a.params());
                INDArray x = random(3, 5, 3, 6, 7).castTo(type);
                INDArray y = Nets.labels(a.output(x));
                INDArray gain = a.getParam("0_gain").dup();
                for (int step = 0; step < 20; step++) {
                    a.fit(x, y);
                    b.fit(x, y);
                }
                Close close =
                        type == DataType.DOUBLE ? new Close(1e-7, 1e-8) : new Close(1e-3, 1e-3);
                close.check("parameters", b.params(), a.params());
                assertEquals(!differentiable, gain.equals(a.getParam("0_gain")), "gain");
            }
        }
    }

    // ---- persistence ----------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("layers")
    void configurationsSurvive(Wrapped wrapped) throws Exception {
        Layer fws =
                wrapped.builder()
                        .name("fws")
                        .eps(1e-3)
                        .constEval(true)
                        .differentiable(true)
                        .build();
        MultiLayerConfiguration conf = wrapped.classifier(fws).getLayerWiseConfigurations();
        assertEquals(conf, MultiLayerConfiguration.fromJson(conf.toJson()));
        assertEquals(conf, MultiLayerConfiguration.fromYaml(conf.toYaml()));
        assertEquals(conf.toJson(), MultiLayerConfiguration.fromJson(conf.toJson()).toJson());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(conf);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertEquals(conf, in.readObject());
        }
        assertEquals(fws, fws.clone());
        assertNotEquals(fws, wrapped.builder().name("fws").eps(1e-3).constEval(true).build());
        assertNotEquals(fws, wrapped.builder().name("fws").differentiable(true).build());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void networksGoOnAfterSavingAndCloning(Wrapped wrapped) throws Exception {
        for (boolean differentiable : new boolean[] {false, true}) {
            MultiLayerNetwork net =
                    wrapped.classifier(wrapped.builder().differentiable(differentiable).build());
            INDArray x = wrapped.batch(4, 1);
            INDArray y = Nets.labels(net.output(x));
            net.fit(x, y);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ModelSerializer.writeModel(net, bytes, true);
            MultiLayerNetwork restored =
                    ModelSerializer.restoreMultiLayerNetwork(
                            new ByteArrayInputStream(bytes.toByteArray()), true);
            MultiLayerNetwork clone = net.clone();
            assertEquals(net.output(x), restored.output(x));
            assertEquals(net.output(x), clone.output(x));
            for (int step = 0; step < 3; step++) {
                net.fit(x, y);
                restored.fit(x, y);
            }
            assertEquals(net.params(), restored.params());
            assertNotEquals(net.params(), clone.params());
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void graphEqualsListOfLayers(Wrapped wrapped) {
        Layer fws = wrapped.builder().differentiable(true).build();
        MultiLayerNetwork net = wrapped.classifier(fws);
        ComputationGraph graph =
                Nets.classifierGraph(fws, wrapped.input(), DataType.DOUBLE, new Adam(0.01));
        ComputationGraphConfiguration conf = graph.getConfiguration();
        assertEquals(conf, ComputationGraphConfiguration.fromJson(conf.toJson()));
        graph.setParams(net.params());
        INDArray x = wrapped.batch(4, 1);
        INDArray y = Nets.labels(net.output(x));
        for (int step = 0; step < 3; step++) {
            net.fit(x, y);
            graph.fit(new INDArray[] {x}, new INDArray[] {y});
        }
        Close.of(DataType.DOUBLE).check("parameters", graph.params(), net.params());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void parametersCanBeSet(Wrapped wrapped) {
        MultiLayerNetwork net = wrapped.single(wrapped.builder().differentiable(true).build());
        INDArray x = wrapped.batch(2, 1);
        net.paramTable()
                .keySet()
                .forEach(
                        key -> {
                            INDArray before = net.output(x).dup();
                            INDArray value = random(9, net.getParam(key).shape());
                            net.setParam(key, value);
                            assertEquals(value, net.getParam(key));
                            assertNotEquals(before, net.output(x), key);
                        });
        INDArray wrong = random(9, 77);
        assertThrows(IllegalArgumentException.class, () -> net.getLayer(0).setParam("gain", wrong));
        INDArray all = random(11, net.params().shape());
        net.setParams(all);
        assertEquals(all, net.params());
        assertEquals(3, net.paramTable().size());
        // Other memory for the same network, as parallel training gives it.
        INDArray expected = net.output(x).dup();
        INDArray other = all.dup();
        net.getLayer(0).setParamsViewArray(other.reshape(other.length()));
        assertEquals(expected, net.output(x));
        other.muli(2);
        assertNotEquals(expected, net.output(x));
    }

    // ---- around it ------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("layers")
    void frozenLayersKeepTheirGainAndStandardizeOnce(Wrapped wrapped) {
        MultiLayerNetwork net = wrapped.classifier(wrapped.builder().differentiable(true).build());
        INDArray before = net.getLayer(0).params().dup();
        MultiLayerNetwork frozen = new TransferLearning.Builder(net).setFeatureExtractor(0).build();
        INDArray x = wrapped.batch(4, 1);
        INDArray all = frozen.params().dup();
        frozen.fit(x, Nets.labels(frozen.output(x)));
        assertNotEquals(all, frozen.params());
        assertEquals(before, frozen.getLayer(0).params());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void constraintsHoldForTheStoredWeights(Wrapped wrapped) {
        MultiLayerNetwork net =
                wrapped.classifier(
                        wrapped.builder()
                                .differentiable(true)
                                .constrainWeights(new NonNegativeConstraint())
                                .build());
        INDArray x = wrapped.batch(4, 1);
        net.fit(x, Nets.labels(net.output(x)));
        INDArray weight = net.getParam("0_W");
        assertTrue(weight.minNumber().doubleValue() >= 0, "negative: " + weight);
        assertTrue(weight.maxNumber().doubleValue() > 0, "all zero");
        net.fit(x, Nets.labels(net.output(x)));
        assertFalse(net.params().isNaN().any());
    }

    @Test
    void theWrappedLayerTakesTheNetworksDefaultsAndKeepsItsOwn() {
        Layer fws =
                new FWS.Builder(
                                new ConvolutionLayer.Builder(3, 3)
                                        .nOut(4)
                                        .l2(0.3)
                                        .constrainWeights(new MaxNorm(0.1))
                                        .build())
                        .differentiable(true)
                        .build();
        MultiLayerNetwork net =
                Nets.init(
                        Nets.config(DataType.DOUBLE, new Sgd(0.1))
                                .activation(Activation.TANH)
                                .dropOut(0.5)
                                .constrainWeights(new NonNegativeConstraint())
                                .list()
                                .layer(fws)
                                .setInputType(InputType.convolutional(5, 5, 2)));
        StandardizedWeights conf = (StandardizedWeights) net.getLayer(0).conf().getLayer();
        ConvolutionLayer inner = (ConvolutionLayer) conf.getUnderlying();
        assertEquals(Activation.TANH.getActivationFunction(), inner.getActivationFn());
        assertEquals(2, inner.getNIn());
        assertEquals(1, inner.getConstraints().size());
        assertTrue(inner.getConstraints().get(0) instanceof MaxNorm);
        assertEquals(new Sgd(0.1), conf.getUpdaterByParam("gain"));
        assertEquals(1, conf.getRegularizationByParam("W").size());
        assertNull(conf.getRegularizationByParam("gain"));
        assertEquals(inner.getIDropout(), conf.getIDropout());
        double sum = Math.pow(net.getParam("0_W").norm2Number().doubleValue(), 2);
        assertEquals(0.15 * sum, net.calcRegularizationScore(true), 1e-12);
        net.getLayer(0).params().muli(100);
        net.getLayer(0).applyConstraints(0, 0);
        INDArray norms = net.getParam("0_W").norm2(1, 2, 3);
        assertTrue(norms.maxNumber().doubleValue() <= 0.1 + 1e-9, "norms " + norms);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void dropoutAndWeightNoiseOfTheWrappedLayer(Wrapped wrapped) {
        Layer fws = wrapped.builder().differentiable(true).dropOut(new EveryOther()).build();
        MultiLayerNetwork net = wrapped.single(fws);
        MultiLayerNetwork plain = wrapped.single(wrapped.builder().differentiable(true).build());
        INDArray x = wrapped.batch(2, 1);
        Close close = Close.of(DataType.DOUBLE);
        close.check("evaluation", net.output(x), plain.output(x));
        close.check("training", net.output(x, true), plain.output(EveryOther.applied(x)));

        Layer noisy = wrapped.layer().get();
        if (noisy instanceof Convolution1DLayer) {
            return; // DL4J's 1-D convolution has no weight noise, whatever its configuration says
        }
        if (noisy instanceof SpecSameDiffLayer) {
            ((SpecSameDiffLayer<?>) noisy).setWeightNoise(new HalfAsMuch());
        } else {
            ((org.deeplearning4j.nn.conf.layers.BaseLayer) noisy).setWeightNoise(new HalfAsMuch());
        }
        MultiLayerNetwork withNoise =
                wrapped.single(
                        new Wrapped("", () -> noisy, wrapped.size(), wrapped.shape())
                                .builder()
                                .differentiable(true)
                                .build());
        close.check("evaluation", withNoise.output(x), plain.output(x));
        plain.getParam("0_gain").muli(0.5);
        plain.getParam("0_b").muli(0.5);
        close.check("training", withNoise.output(x, true), plain.output(x));
    }

    @Test
    void masksReachTheWrappedLayer() {
        for (Layer fws :
                new Layer[] {
                    new FWS.Builder(layers().toList().get(7).layer().get())
                            .differentiable(true)
                            .build(),
                    new SameDiffFWS.Builder(layers().toList().get(8).layer().get())
                            .differentiable(true)
                            .build()
                }) {
            MultiLayerNetwork net = Nets.single(fws, InputType.recurrent(2, 9), DataType.DOUBLE);
            INDArray x = random(1, 3, 2, 9);
            INDArray mask = Nd4j.ones(DataType.DOUBLE, 3, 9);
            mask.getRow(1).assign(0);
            mask.getRow(2).get(NDArrayIndex.interval(5, 9)).assign(0);
            INDArray output = net.output(x, false, mask, null);
            assertEquals(0, output.slice(1).amaxNumber().doubleValue());
            Gradients.check(net, x, mask, random(2, output.shape()));
        }
    }

    // ---- errors ---------------------------------------------------------------------------------

    @Test
    void refusesWrongConfigurations() {
        Layer conv = new ConvolutionLayer.Builder(3, 3).nOut(4).build();
        Layer same = new SameDiffConv2D.Builder(3, 3).nOut(4).build();
        String allowed = "give a convolution";
        refused("layer = null", () -> new FWS.Builder(null));
        refused(allowed, () -> new FWS.Builder(new DenseLayer.Builder().nOut(3).build()));
        refused(allowed, () -> new FWS.Builder(new LSTM.Builder().nOut(3).build()));
        refused(allowed, () -> new FWS.Builder(new SubsamplingLayer.Builder(2, 2).build()));
        refused(
                allowed,
                () -> new FWS.Builder(new SeparableConvolution2D.Builder(3, 3).nOut(2).build()));
        refused(allowed, () -> new FWS.Builder(new SeparableConv2D.Builder(3, 3).nOut(2).build()));
        refused(allowed, () -> new FWS.Builder(new ConstrainedDense.Builder().nOut(2).build()));
        refused("without a gain", () -> new FWS.Builder(new WSConv2D.Builder(3).nOut(2).build()));
        refused(
                "standardization of its own",
                () -> new FWS.Builder(new WSConv2D.Builder(3).nOut(2).hasGain(false).build()));
        refused(allowed, () -> new FWS.Builder(new FWS.Builder(conv).build()));
        refused("layer = SameDiffConv2D", () -> new FWS.Builder(same));
        refused(
                "1 weight for each unit",
                () -> new FWS.Builder(new ConvolutionLayer.Builder(1, 1).nIn(1).nOut(2).build()));
        refused(
                "1 weight for each unit",
                () -> new FWS.Builder(new DepthwiseConv2D.Builder(1, 1).nIn(2).build()));
        for (double eps : new double[] {0, -1, Double.NaN}) {
            refused("eps = " + eps, () -> new FWS.Builder(conv).eps(eps));
            refused("eps = " + eps, () -> new SameDiffFWS.Builder(same).eps(eps));
        }
        refused("standardization = null", () -> new FWS.Builder(conv).standardization(null));
        refused("layer = null", () -> new SameDiffFWS.Builder(null));
        refused("give a SameDiff convolution", () -> new SameDiffFWS.Builder(conv));
        refused(
                "layer = Conv2D",
                () -> new SameDiffFWS.Builder(new Conv2D.Builder(3).nOut(2).build()));
        refused(
                "without a gain",
                () -> new SameDiffFWS.Builder(new SameDiffWSConv2D.Builder(3).nOut(2).build()));
        refused(
                "1 weight for each unit",
                () -> new SameDiffFWS.Builder(new SameDiffDepthwiseConv2D.Builder(1).build()));
        // The number of channels comes with the input.
        DL4JInvalidConfigException late =
                assertThrows(
                        DL4JInvalidConfigException.class,
                        () ->
                                Nets.single(
                                        new FWS.Builder(
                                                        new ConvolutionLayer.Builder(1, 1)
                                                                .nOut(2)
                                                                .build())
                                                .name("late")
                                                .build(),
                                        InputType.convolutional(3, 3, 1),
                                        DataType.FLOAT));
        assertTrue(late.getMessage().contains("late"), late.getMessage());
    }

    private static void refused(String message, Supplier<StandardizedWeights.Builder<?>> builder) {
        String actual =
                assertThrows(
                                DL4JInvalidConfigException.class,
                                () -> builder.get().name("probe").build())
                        .getMessage();
        assertTrue(actual.contains(message), actual);
        assertTrue(actual.contains("probe"), actual);
    }
}
