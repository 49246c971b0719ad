package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.DEPTH_MULTIPLIER;
import static org.lamina.harness.Option.EPS;
import static org.lamina.harness.Option.HAS_BIAS;
import static org.lamina.harness.Option.MAX_NORM;
import static org.lamina.harness.Option.MOMENTUM;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.SPATIAL_BIAS;
import static org.lamina.harness.Option.TEMPORAL_BIAS;
import static org.lamina.harness.Option.TEMPORAL_FILTERS;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.harness.TemporalSpatialLoops;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** One layer for EEGNet's front against the three layers that it stands for. */
class TemporalSpatialConv2DTest {

    /** Large enough for spatial filters to come first. */
    private static final int EXAMPLES = 16;

    private static final int ROWS = 16;
    private static final int SAMPLES = 128;
    private static final int TAPS = 16;
    private static final int FILTERS = 4;

    private static LayerBuilder fused(Form form, String padding) {
        return LayerBuilder.of(form, "TemporalSpatialConv2D", ROWS, TAPS)
                .set(TEMPORAL_FILTERS, FILTERS)
                .set(DEPTH_MULTIPLIER, 2)
                .set(PADDING, padding)
                .set(SPATIAL_BIAS, true);
    }

    private static MultiLayerNetwork network(
            DataType type, CNN2DFormat format, List<LayerBuilder> layers) {
        NeuralNetConfiguration.ListBuilder conf = Nets.config(type, new Adam(0.01)).list();
        layers.forEach(layer -> conf.layer(layer.build()));
        conf.layer(
                new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build());
        return Nets.init(conf.setInputType(InputType.convolutional(ROWS, SAMPLES, 1, format)));
    }

    private static List<LayerBuilder> published(String padding) {
        return List.of(
                LayerBuilder.of(Form.NATIVE, "ConstrainedConv2D", 1, TAPS)
                        .set(N_OUT, FILTERS)
                        .set(HAS_BIAS, false)
                        .set(PADDING, padding)
                        .set(ACTIVATION, Activation.IDENTITY)
                        .set(MAX_NORM, null),
                LayerBuilder.of(Form.NATIVE, "BatchNorm").set(EPS, 1e-3).set(MOMENTUM, 0.01),
                LayerBuilder.of(Form.NATIVE, "DepthwiseConv2D", ROWS, 1)
                        .set(DEPTH_MULTIPLIER, 2)
                        .set(PADDING, "valid")
                        .set(HAS_BIAS, true)
                        .set(ACTIVATION, Activation.IDENTITY)
                        .set(MAX_NORM, 1.0));
    }

    private static INDArray input(DataType type, CNN2DFormat format) {
        Nd4j.getRandom().setSeed(7);
        INDArray x = Nd4j.randn(DataType.DOUBLE, EXAMPLES, 1, ROWS, SAMPLES).castTo(type);
        x.addi(Nd4j.randn(DataType.DOUBLE, EXAMPLES, 1, ROWS, 1).castTo(type));
        return format == CNN2DFormat.NCHW ? x : x.permute(0, 2, 3, 1).dup('c');
    }

    /**
     * Initial parameters, outputs, gradients, updates and running statistics, in float64: those of
     * the published order.
     */
    @ParameterizedTest
    @EnumSource(Form.class)
    void equalsThreeLayers(Form form) {
        Close close = new Close(1e-10, 1e-10);
        for (CNN2DFormat format : CNN2DFormat.values()) {
            String padding = format == CNN2DFormat.NCHW ? "valid" : "same";
            String what = form + ", " + padding + ", " + format + ": ";
            DataType type = DataType.DOUBLE;
            MultiLayerNetwork one = network(type, format, List.of(fused(form, padding)));
            MultiLayerNetwork three = network(type, format, published(padding));
            close.check(what + "initial parameters", one.params(), three.params());
            INDArray x = input(type, format);
            INDArray y = Nets.labels(three.output(x));
            for (int step = 0; step < 3; step++) {
                close.check(what + "output", one.output(x), three.output(x));
                close.check(what + "training", one.output(x, true), three.output(x, true));
                one.fit(x, y);
                three.fit(x, y);
                close.check(
                        what + "gradients",
                        one.getFlattenedGradients(),
                        three.getFlattenedGradients());
                close.check(what + "parameters", one.params(), three.params());
            }
            close.check(
                    what + "input gradient", inputGradient(one, x, y), inputGradient(three, x, y));
            assertEquals(1, one.score() / three.score(), 1e-10);
        }
    }

    /** Of parameters and input together, along a random direction. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void gradientEqualsDifferences(Form form) {
        MultiLayerNetwork net =
                network(DataType.DOUBLE, CNN2DFormat.NCHW, List.of(fused(form, "same")));
        INDArray x = input(DataType.DOUBLE, CNN2DFormat.NCHW);
        INDArray y = Nets.labels(net.output(x));
        Nd4j.getRandom().setSeed(11);
        net.params().addi(Nd4j.randn(DataType.DOUBLE, net.params().shape()).muli(0.1));
        Pair<Gradient, INDArray> gradients = net.calculateGradients(x, y, null, null);
        INDArray along = Nd4j.randn(DataType.DOUBLE, net.params().shape());
        INDArray alongX = Nd4j.randn(DataType.DOUBLE, x.shape());
        double expected = 0;
        double step = 1e-5;
        for (int sign : new int[] {1, -1}) {
            net.params().addi(along.mul(sign * step));
            INDArray moved = x.add(alongX.mul(sign * step));
            expected += sign * net.score(new DataSet(moved, y), true) / (2 * step);
            net.params().subi(along.mul(sign * step));
        }
        double actual = alongX.mul(gradients.getSecond()).sumNumber().doubleValue();
        actual += along.mul(gradients.getFirst().gradient()).sumNumber().doubleValue();
        assertEquals(expected, actual, 1e-6 * Math.abs(expected));
    }

    private static INDArray inputGradient(MultiLayerNetwork net, INDArray x, INDArray y) {
        return net.calculateGradients(x, y, null, null).getSecond();
    }

    /** The samples of shorter examples alone count. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void masksEqualThoseOfThreeLayers(Form form) {
        InputType type = InputType.convolutional(ROWS, SAMPLES, 1);
        MultiLayerNetwork one = Nets.single(fused(form, "same").build(), type, DataType.DOUBLE);
        NeuralNetConfiguration.ListBuilder conf = Nets.config(DataType.DOUBLE, new Sgd(1.0)).list();
        published("same").forEach(layer -> conf.layer(layer.build()));
        MultiLayerNetwork three = Nets.init(conf.setInputType(type));
        INDArray x = input(DataType.DOUBLE, CNN2DFormat.NCHW);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, EXAMPLES, 1, 1, SAMPLES);
        for (int n = 0; n < EXAMPLES; n++) {
            for (int t = SAMPLES - 3 * n; t < SAMPLES; t++) {
                mask.putScalar(n, 0, 0, t, 0);
            }
        }
        Nd4j.getRandom().setSeed(9);
        INDArray dy = Nd4j.randn(DataType.DOUBLE, EXAMPLES, 2 * FILTERS, 1, SAMPLES);
        Nets.Pass expected = Nets.pass(three, x, mask, dy);
        Nets.Pass actual = Nets.pass(one, x, mask, dy);
        Close close = new Close(1e-10, 1e-10);
        close.check("output", actual.output(), expected.output());
        close.check("input gradient", actual.inputGradient(), expected.inputGradient());
        close.check("gradients", one.getFlattenedGradients(), three.getFlattenedGradients());
        close.check(
                "evaluation", one.output(x, false, mask, null), three.output(x, false, mask, null));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void floatIsCloseToDouble(Form form) {
        for (boolean training : new boolean[] {true, false}) {
            INDArray[] outputs = new INDArray[2];
            for (int i = 0; i < 2; i++) {
                DataType type = i == 0 ? DataType.FLOAT : DataType.DOUBLE;
                MultiLayerNetwork net =
                        network(type, CNN2DFormat.NCHW, List.of(fused(form, "same")));
                Nd4j.getRandom().setSeed(3);
                net.setParams(
                        Nd4j.rand(DataType.DOUBLE, net.params().shape())
                                .subi(0.3)
                                .castTo(DataType.FLOAT)
                                .castTo(type));
                net.getParam("0_var").addi(1);
                outputs[i] =
                        net.feedForward(input(type, CNN2DFormat.NCHW), training)
                                .get(1)
                                .castTo(DataType.DOUBLE);
            }
            new Close(1e-4, 1e-5).check("training " + training, outputs[0], outputs[1]);
        }
    }

    /**
     * Signals of unit amplitude with offsets around 1000, different or the same: the variance that
     * training finds in float is that of the signals, with and without padding, where the offset
     * ends.
     */
    @ParameterizedTest
    @ValueSource(strings = {"same", "valid"})
    void offsetsCostNoPrecision(String padding) {
        for (double spread : new double[] {0, 1, 300}) {
            TemporalSpatialConv2D layer =
                    (TemporalSpatialConv2D) fused(Form.NATIVE, padding).set(MOMENTUM, 1.0).build();
            MultiLayerNetwork net =
                    Nets.trainable(
                            layer,
                            InputType.convolutional(ROWS, SAMPLES, 1),
                            DataType.FLOAT,
                            new Sgd(0));
            Nd4j.getRandom().setSeed(5);
            INDArray x = Nd4j.randn(DataType.FLOAT, EXAMPLES, 1, ROWS, SAMPLES);
            x.addi(Nd4j.randn(DataType.FLOAT, EXAMPLES, 1, ROWS, 1).muli(spread)).addi(1000);
            Map<String, INDArray> p = new LinkedHashMap<>();
            net.paramTable().forEach((key, value) -> p.put(key.substring(2), value.dup()));
            TemporalSpatialLoops loops =
                    new TemporalSpatialLoops(
                            layer.getSpec(),
                            x,
                            new INDArray[] {
                                p.get("tW"),
                                null,
                                p.get("gamma"),
                                p.get("beta"),
                                p.get("sW"),
                                p.get("sb")
                            },
                            null);
            net.fit(x, loops.output().castTo(DataType.FLOAT));
            Close close = new Close(1e-4, 1e-12);
            close.check("variance", net.getParam("0_var"), loops.unbiasedVariance());
            close.check("mean", net.getParam("0_mean"), loops.mean());
        }
    }

    /** With eps 0 a filter whose values do not vary gives beta, and finite gradients. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void constantSignals(Form form) {
        Layer layer = fused(form, "valid").set(EPS, 0.0).build();
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            MultiLayerNetwork net =
                    Nets.trainable(
                            layer.clone(),
                            InputType.convolutional(ROWS, SAMPLES, 1),
                            type,
                            new Sgd(0.1));
            net.getParam("0_beta").assign(0.5);
            INDArray x = Nd4j.valueArrayOf(new long[] {EXAMPLES, 1, ROWS, SAMPLES}, 0.7, type);
            INDArray expected = net.getParam("0_sW").sum(1, 2, 3).muli(0.5);
            INDArray y = net.output(x, true);
            for (int out = 0; out < expected.length(); out++) {
                assertEquals(expected.getDouble(out), y.getDouble(1, out, 0, 3), 1e-6);
            }
            net.fit(x, y);
            assertTrue(Double.isFinite(net.params().sumNumber().doubleValue()), type + "");
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void flatVectorIsThatOfThreeLayers(Form form) {
        List<String> keys =
                List.copyOf(
                        network(
                                        DataType.FLOAT,
                                        CNN2DFormat.NCHW,
                                        List.of(fused(form, "same").set(TEMPORAL_BIAS, true)))
                                .getLayer(0)
                                .paramTable()
                                .keySet());
        assertArrayEquals(
                new String[] {"tW", "tb", "gamma", "beta", "mean", "var", "sW", "sb"},
                keys.toArray());
    }
}
