package org.lamina.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.GROUPS;
import static org.lamina.harness.Option.HIDDEN;
import static org.lamina.harness.Option.INITIAL_GAIN;
import static org.lamina.harness.Option.LEARNABLE_BETA;
import static org.lamina.harness.Option.N_OUT;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.commons.lang3.SerializationUtils;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.optimize.AdaptiveGradientClipping.Rule;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

class AdaptiveGradientClippingTest {

    static final double CLIP = 0.02;
    static final double EPS = 1e-3;
    static final AdaptiveGradientClipping CLIPPING = new AdaptiveGradientClipping(CLIP, EPS);

    private static Layer output() {
        return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static NeuralNetConfiguration.Builder config() {
        return new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .seed(2)
                .activation(Activation.TANH)
                .updater(new Sgd(1));
    }

    /** Own layers, then DL4J's. */
    private static NeuralNetConfiguration.Builder withL2(double l2) {
        return config().l2(l2).l2Bias(l2);
    }

    private static MultiLayerConfiguration conf(NeuralNetConfiguration.Builder config, Form form) {
        return config.list()
                .layer(
                        LayerBuilder.of(form, "WSConv2D", 3)
                                .set(N_OUT, 4)
                                .set(ACTIVATION, Activation.TANH)
                                .build())
                .layer(LayerBuilder.of(form, "SqueezeExcitation").set(HIDDEN, 4).build())
                .layer(LayerBuilder.of(form, "SkipInitGain").set(INITIAL_GAIN, 0.5).build())
                .layer(LayerBuilder.of(form, "SwishLayer").set(LEARNABLE_BETA, true).build())
                .layer(new ConvolutionLayer.Builder(2, 2).nOut(5).build())
                .layer(new GlobalPoolingLayer(PoolingType.AVG))
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(output())
                .setInputType(InputType.convolutional(6, 6, 2))
                .build();
    }

    private static DataSet batch() {
        Nd4j.getRandom().setSeed(5);
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, 4, 3);
        for (int i = 0; i < 4; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        return new DataSet(Nd4j.randn(DataType.DOUBLE, 4, 2, 6, 6).muli(5), labels);
    }

    /** The gradient of the mean loss, before regularization. */
    private static Map<String, INDArray> gradients(MultiLayerNetwork net, DataSet data) {
        net.setInput(data.getFeatures());
        net.setLabels(data.getLabels());
        net.computeGradientAndScore();
        Map<String, INDArray> gradients = new LinkedHashMap<>();
        net.gradient().gradientForVariable().forEach((key, g) -> gradients.put(key, g.div(4)));
        return gradients;
    }

    /** The rule with loops: vectors as a whole, weights by index of one axis. */
    static INDArray clipped(INDArray param, INDArray gradient, int unitAxis) {
        boolean vector = Arrays.stream(param.shape()).filter(n -> n > 1).count() <= 1;
        return clipped(param, gradient, index -> vector ? 0 : index[unitAxis]);
    }

    /** The rule with loops, for units by their elements' indices. */
    static INDArray clipped(INDArray param, INDArray gradient, ToLongFunction<long[]> unit) {
        Map<Long, double[]> squares = new LinkedHashMap<>();
        INDArray result = gradient.dup();
        for (int pass = 0; pass < 2; pass++) {
            for (long i = 0; i < param.length(); i++) {
                long[] index = Shape.ind2subC(param.shape(), i);
                double[] sums =
                        squares.computeIfAbsent(unit.applyAsLong(index), k -> new double[2]);
                if (pass == 0) {
                    sums[0] += Math.pow(param.getDouble(index), 2);
                    sums[1] += Math.pow(gradient.getDouble(index), 2);
                } else {
                    double limit = CLIP * Math.max(Math.sqrt(sums[0]), EPS);
                    double norm = Math.sqrt(sums[1]);
                    if (norm >= limit) {
                        result.putScalar(
                                index, gradient.getDouble(index) * limit / Math.max(norm, 1e-6));
                    }
                }
            }
        }
        return result;
    }

    /** Own layers, convolution and dense layer of DL4J: one step of plain gradient descent. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void clipsEveryParameterButTheClassifiers(Form form) {
        double l2 = 0.3;
        MultiLayerNetwork net = new MultiLayerNetwork(CLIPPING.applyTo(conf(withL2(l2), form)));
        net.init();
        DataSet data = batch();
        Map<String, INDArray> gradients = gradients(net, data);
        Map<String, INDArray> expected = new LinkedHashMap<>();
        int clippedCount = 0;
        for (Map.Entry<String, INDArray> entry : net.paramTable().entrySet()) {
            String key = entry.getKey();
            INDArray p = entry.getValue().dup();
            INDArray g = gradients.get(key).reshape(p.shape());
            boolean dense = key.startsWith("1_") || key.startsWith("6_");
            INDArray step = key.startsWith("7_") ? g : clipped(p, g, dense ? 1 : 0);
            clippedCount += step.equals(g) ? 0 : 1;
            boolean decays = !List.of("0_gain", "2_gain", "3_beta").contains(key);
            expected.put(key, p.sub(step).subi(decays ? p.mul(l2) : p.mul(0)));
        }
        assertTrue(clippedCount > 5, clippedCount + " parameters are clipped");
        net.fit(data);
        Close close = Close.of(DataType.DOUBLE);
        expected.forEach((key, value) -> close.check(key, net.getParam(key), value));
    }

    /** A gain, a transposed convolution with groups: as DeepMind's code and as timm's. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void unitsOfThePaperAndOfTimm(Form form) {
        ToLongFunction<long[]> whole = index -> 0;
        ToLongFunction<long[]> first = index -> index[0];
        Map<String, ToLongFunction<long[]>> paper =
                Map.of(
                        "0_W", first,
                        "0_b", whole,
                        "0_gain", whole,
                        "1_W", index -> index[0] / 2 * 3 + index[1], // group, place in it
                        "1_b", whole,
                        "2_W", index -> index[1]);
        Map<String, ToLongFunction<long[]>> timm = new HashMap<>(paper);
        timm.putAll(Map.of("0_gain", first, "1_W", first, "2_W", first));
        MultiLayerConfiguration conf =
                config().activation(Activation.IDENTITY)
                        .list()
                        .layer(LayerBuilder.of(form, "WSConv2D", 3).set(N_OUT, 4).build())
                        .layer(
                                LayerBuilder.of(form, "ConvTranspose2D", 3)
                                        .set(N_OUT, 6)
                                        .set(GROUPS, 2)
                                        .build())
                        .layer(new Deconvolution2D.Builder(2, 2).nOut(3).hasBias(false).build())
                        .layer(new GlobalPoolingLayer(PoolingType.AVG))
                        .layer(output())
                        .setInputType(InputType.convolutional(6, 6, 2))
                        .build();
        Map<String, INDArray> byPaper = clippedAsExpected(conf, Rule.PAPER, paper);
        Map<String, INDArray> byTimm = clippedAsExpected(conf, Rule.TIMM, timm);
        for (String key : timm.keySet()) {
            boolean same = timm.get(key) == paper.get(key);
            assertEquals(same, byPaper.get(key).equals(byTimm.get(key)), key);
        }
    }

    /** In both containers; gives the parameters after a step. */
    private static Map<String, INDArray> clippedAsExpected(
            MultiLayerConfiguration conf, Rule rule, Map<String, ToLongFunction<long[]>> units) {
        AdaptiveGradientClipping clipping = CLIPPING.withRule(rule);
        MultiLayerNetwork net = new MultiLayerNetwork(clipping.applyTo(conf));
        net.init();
        MultiLayerNetwork plain = new MultiLayerNetwork(conf);
        plain.init();
        ComputationGraph graph =
                new ComputationGraph(
                        clipping.applyTo(plain.toComputationGraph().getConfiguration()));
        graph.init(net.params().dup(), false);
        Map<String, INDArray> expected = new LinkedHashMap<>();
        DataSet data = batch();
        data.getFeatures().muli(50);
        Map<String, INDArray> gradients = gradients(net, data);
        units.forEach(
                (key, unit) -> {
                    INDArray p = net.getParam(key).dup();
                    INDArray g = gradients.get(key).reshape(p.shape());
                    expected.put(key, p.sub(clipped(p, g, unit)));
                });
        net.fit(data);
        graph.fit(data);
        Close close = Close.of(DataType.DOUBLE);
        expected.forEach((key, value) -> close.check(rule + " " + key, net.getParam(key), value));
        close.check(rule + ", graph", graph.params(), net.params());
        return expected;
    }

    /** A learning rate that is far too large: with clipping the network stays where it is. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void keepsTrainingStable(Form form) {
        MultiLayerNetwork net = new MultiLayerNetwork(CLIPPING.applyToAllBut(conf(config(), form)));
        net.init();
        DataSet data = batch();
        double before = net.score(data);
        for (int step = 0; step < 20; step++) {
            INDArray last = net.params().dup();
            net.fit(data);
            double moved = net.params().sub(last).norm2Number().doubleValue();
            double allowed = CLIP * (last.norm2Number().doubleValue() + 30 * EPS);
            assertTrue(moved <= allowed, "moved " + moved + ", allowed " + allowed);
        }
        assertTrue(net.score(data) < before, "score " + before + ", then " + net.score(data));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void survivesJsonYamlAndJava(Form form) {
        MultiLayerConfiguration conf = CLIPPING.applyTo(conf(withL2(0.1), form));
        assertEquals(conf, MultiLayerConfiguration.fromJson(conf.toJson()));
        assertEquals(conf, MultiLayerConfiguration.fromYaml(conf.toYaml()));
        assertEquals(conf, SerializationUtils.clone(conf));
        assertNotEquals(conf, conf(withL2(0.1), form));
        assertNotEquals(conf, CLIPPING.withRule(Rule.TIMM).applyTo(conf(withL2(0.1), form)));
        assertNotEquals(
                conf, new AdaptiveGradientClipping(0.5, EPS).applyTo(conf(withL2(0.1), form)));
        // files from before there were rules
        String older = conf.toJson().replaceAll("\"rule\" : \"PAPER\",", "");
        assertFalse(older.contains("PAPER"), older);
        assertEquals(conf, MultiLayerConfiguration.fromJson(older));
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        MultiLayerNetwork read =
                new MultiLayerNetwork(MultiLayerConfiguration.fromJson(conf.toJson()));
        read.init(net.params().dup(), false);
        net.fit(batch());
        read.fit(batch());
        assertEquals(net.params(), read.params());
    }

    @Test
    void leavesTheGivenConfigurationAloneAndReplacesItself() {
        MultiLayerConfiguration conf = conf(config(), Form.NATIVE);
        String json = conf.toJson();
        MultiLayerConfiguration first = new AdaptiveGradientClipping(1, 1).applyTo(conf);
        assertEquals(json, conf.toJson());
        assertNotEquals(json, first.toJson());
        assertEquals(CLIPPING.applyTo(conf), CLIPPING.applyTo(first));
    }

    private static ComputationGraphConfiguration graph() {
        return config().graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(4))
                .addLayer("first", new DenseLayer.Builder().nOut(4).build(), "in")
                .addLayer("left", new DenseLayer.Builder().nOut(3).build(), "first")
                .addLayer(
                        "loss",
                        new LossLayer.Builder(LossFunctions.LossFunction.MSE).build(),
                        "left")
                .addLayer("right", output(), "first")
                .setOutputs("loss", "right")
                .build();
    }

    /** A classifier may be followed by layers without parameters. */
    @Test
    void aGraphsClassifiersAreTheLastLayersWithParameters() {
        ComputationGraph net = new ComputationGraph(CLIPPING.applyTo(graph()));
        net.init();
        for (String name : new String[] {"first", "left", "right"}) {
            for (String key : new String[] {"W", "b"}) {
                boolean clipped =
                        net.getLayer(name).getConfig().getRegularizationByParam(key).stream()
                                .anyMatch(AdaptiveGradientClipping.class::isInstance);
                assertEquals(name.equals("first"), clipped, name);
            }
        }
        ComputationGraphConfiguration conf = CLIPPING.applyTo(graph());
        assertEquals(conf, ComputationGraphConfiguration.fromJson(conf.toJson()));
        assertEquals(conf, ComputationGraphConfiguration.fromYaml(conf.toYaml()));
        INDArray x = Nd4j.rand(DataType.DOUBLE, 2, 4);
        net.fit(
                new INDArray[] {x},
                new INDArray[] {
                    Nd4j.rand(DataType.DOUBLE, 2, 3),
                    Nd4j.eye(3).castTo(DataType.DOUBLE).getRows(0, 1)
                });
        assertFalse(net.params().isNaN().any());
    }

    @Test
    void namesWhatCannotBeClipped() {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> CLIPPING.applyToAllBut(graph(), "centre"))
                        .getMessage();
        assertTrue(message.contains("no layer 'centre'; there are [first, left"), message);

        // dW [1, 4, 2, 2] and pW [4, 4, 1, 1] have 16 elements each.
        MultiLayerConfiguration ambiguous =
                config().list()
                        .layer(
                                new SeparableConvolution2D.Builder(2, 2)
                                        .name("both")
                                        .nOut(4)
                                        .build())
                        .layer(new GlobalPoolingLayer(PoolingType.AVG))
                        .layer(output())
                        .setInputType(InputType.convolutional(4, 4, 4))
                        .build();
        message =
                assertThrows(DL4JInvalidConfigException.class, () -> CLIPPING.applyTo(ambiguous))
                        .getMessage();
        assertTrue(message.contains("\"both\": two weights have equal numbers"), message);
        CLIPPING.applyToAllBut(ambiguous, "both");

        MultiLayerConfiguration unknown =
                config().list()
                        .layer(new DenseLayer.Builder().name("open").nOut(4).build())
                        .layer(output())
                        .build();
        message =
                assertThrows(DL4JInvalidConfigException.class, () -> CLIPPING.applyTo(unknown))
                        .getMessage();
        assertTrue(message.contains("\"open\": the size of its parameters is not known"), message);
    }

    /** Unbound, as a regularization of one of DL4J's layers, it says what to do. */
    @Test
    void saysWhenItIsNotAttached() {
        INDArray p = Nd4j.ones(DataType.DOUBLE, 6);
        String message =
                assertThrows(IllegalStateException.class, () -> CLIPPING.apply(p, p.dup(), 1, 0, 0))
                        .getMessage();
        assertTrue(message.contains("use applyTo(configuration)"), message);
    }

    @Test
    void worksOnFrozenAndRecurrentLayers() {
        MultiLayerNetwork trained =
                new MultiLayerNetwork(CLIPPING.applyToAllBut(conf(config(), Form.NATIVE)));
        trained.init();
        MultiLayerNetwork frozen =
                new TransferLearning.Builder(trained).setFeatureExtractor(1).build();
        MultiLayerNetwork again =
                new MultiLayerNetwork(CLIPPING.applyTo(frozen.getLayerWiseConfigurations()));
        again.init(frozen.params().dup(), false);
        INDArray first = again.getParam("0_W").dup();
        again.fit(batch());
        assertEquals(first, again.getParam("0_W"));

        MultiLayerNetwork recurrent =
                new MultiLayerNetwork(
                        CLIPPING.applyTo(
                                config().list()
                                        .layer(new LSTM.Builder().nOut(3).build())
                                        .layer(new GlobalPoolingLayer(PoolingType.AVG))
                                        .layer(output())
                                        .setInputType(InputType.recurrent(2, 5))
                                        .build()));
        recurrent.init();
        INDArray before = recurrent.params().dup();
        recurrent.fit(Nd4j.rand(DataType.DOUBLE, 3, 2, 5), Nd4j.eye(3).castTo(DataType.DOUBLE));
        assertFalse(recurrent.params().isNaN().any());
        assertNotEquals(before, recurrent.params());
    }

    /** Squares beyond the range of a float. */
    @ParameterizedTest
    @ValueSource(doubles = {1e25, 1e-25})
    void gradientsOfAnySize(double size) {
        INDArray p = Nd4j.createFromArray(3f, 4f);
        INDArray g = Nd4j.createFromArray((float) size, 0f);
        CLIPPING.clip(p, g, 0);
        assertEquals(Math.min(size, CLIP * 5), g.getDouble(0), 1e-7);
        assertEquals(0, g.getDouble(1));
    }

    @Test
    void refusesWrongValues() {
        double[][] wrong = {
            {0, 1e-3}, {-1, 1e-3}, {Double.NaN, 1e-3}, {1, -1}, {1, Double.NaN}, {1 / 0.0, 0}
        };
        assertThrows(IllegalArgumentException.class, () -> CLIPPING.withRule(null));
        for (double[] values : wrong) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new AdaptiveGradientClipping(values[0], values[1]));
        }
    }
}
