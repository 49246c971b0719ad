package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.lamina.activations.Elu;
import org.lamina.harness.Close;
import org.lamina.harness.HalfAsMuch;
import org.lamina.harness.Nets;
import org.lamina.zoo.DeepConvNet;
import org.lamina.zoo.EEGInception;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.EEGTCNet;
import org.lamina.zoo.EegModelBuilder;
import org.lamina.zoo.ShallowConvNet;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** One layer in the place of three, and three in the place of one, in users' configurations. */
class TemporalSpatialFusionTest {

    private static final int ROWS = 16;
    private static final InputType INPUT = InputType.convolutional(ROWS, 128, 1);
    private static final Close CLOSE = new Close(1e-9, 1e-9);

    private static ConstrainedConv2D.Builder temporal() {
        return new ConstrainedConv2D.Builder(1, 16)
                .name("temporal")
                .nOut(4)
                .maxNorm(0.5)
                .activation(Activation.IDENTITY);
    }

    private static BatchNorm.Builder norm() {
        return new BatchNorm.Builder().name("norm").eps(1e-3);
    }

    private static DepthwiseConv2D.Builder spatial() {
        return new DepthwiseConv2D.Builder(ROWS, 1)
                .name("spatial")
                .depthMultiplier(2)
                .padding("valid")
                .maxNorm(1.0)
                .activation(new Elu(1.0));
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .name("out")
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static MultiLayerConfiguration list(Layer... layers) {
        NeuralNetConfiguration.ListBuilder conf =
                Nets.config(DataType.DOUBLE, new Adam(0.01)).l2(1e-3).list();
        List.of(layers).forEach(conf::layer);
        return conf.layer(output()).setInputType(INPUT).build();
    }

    private static INDArray input() {
        Nd4j.getRandom().setSeed(3);
        return Nd4j.randn(DataType.DOUBLE, 12, 1, ROWS, 128);
    }

    private static MultiLayerNetwork network(MultiLayerConfiguration conf) {
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        return net;
    }

    /** Initial parameters, training with l2 and norm constraints; and back. */
    @Test
    void list() {
        MultiLayerConfiguration published =
                list(temporal().build(), norm().build(), spatial().build());
        String before = published.toJson();
        MultiLayerConfiguration fused = TemporalSpatialFusion.fuse(published);
        assertEquals(before, published.toJson());
        assertEquals(2, fused.getConfs().size());
        assertEquals("temporal+norm+spatial", fused.getConf(0).getLayer().getLayerName());
        assertEquals(fused, MultiLayerConfiguration.fromJson(fused.toJson()));
        assertEquals(published, TemporalSpatialFusion.split(fused));
        assertEquals(fused, TemporalSpatialFusion.fuse(fused));

        MultiLayerNetwork one = network(fused);
        sameTraining(network(published), one);
        INDArray x = input();
        // A configuration that has been trained, too.
        MultiLayerNetwork again =
                network(TemporalSpatialFusion.split(one.getLayerWiseConfigurations()));
        again.setParams(one.params());
        CLOSE.check("output", again.output(x), one.output(x));
    }

    /** Two convolutions, without padding, with biases and norm constraints; and back. */
    @Test
    void combinedList() {
        MultiLayerConfiguration published =
                list(temporal().padding("valid").build(), overAllFilters().build());
        MultiLayerConfiguration fused = TemporalSpatialFusion.fuse(published);
        assertEquals("temporal+spatial", fused.getConf(0).getLayer().getLayerName());
        assertEquals(fused, MultiLayerConfiguration.fromJson(fused.toJson()));
        assertEquals(published, TemporalSpatialFusion.split(fused));
        assertEquals(fused, TemporalSpatialFusion.fuse(fused));
        sameTraining(network(published), network(fused));
    }

    private static ConstrainedConv2D.Builder overAllFilters() {
        return new ConstrainedConv2D.Builder(ROWS, 1)
                .name("spatial")
                .nOut(5)
                .padding("valid")
                .maxNorm(1.0)
                .activation(new Elu(1.0));
    }

    private static void sameTraining(MultiLayerNetwork parts, MultiLayerNetwork one) {
        CLOSE.check("initial parameters", one.params(), parts.params());
        INDArray x = input();
        INDArray y = Nets.labels(parts.output(x));
        for (int step = 0; step < 3; step++) {
            one.fit(x, y);
            parts.fit(x, y);
            CLOSE.check("parameters", one.params(), parts.params());
            CLOSE.check("output", one.output(x), parts.output(x));
        }
    }

    /** Two branches; and one of them with another vertex that reads within it. */
    @Test
    void graph() {
        ComputationGraphConfiguration published =
                branches()
                        .addVertex("merged", new MergeVertex(), "a-spatial", "b-spatial")
                        .addLayer("out", output(), "merged")
                        .setOutputs("out")
                        .build();
        ComputationGraphConfiguration fused = TemporalSpatialFusion.fuse(published);
        assertEquals(
                List.of(
                        "a-temporal+a-norm+a-spatial",
                        "b-temporal+b-norm+b-spatial",
                        "merged",
                        "out"),
                List.copyOf(fused.getVertices().keySet()));
        assertEquals(fused, ComputationGraphConfiguration.fromJson(fused.toJson()));
        assertEquals(
                published.getVertexInputs(), TemporalSpatialFusion.split(fused).getVertexInputs());
        assertEquals(published.getVertices(), TemporalSpatialFusion.split(fused).getVertices());

        ComputationGraph three = graph(published);
        ComputationGraph one = graph(fused);
        take(three, one);
        INDArray x = input();
        INDArray y = Nets.labels(three.outputSingle(x));
        for (int step = 0; step < 3; step++) {
            one.fit(new INDArray[] {x}, new INDArray[] {y});
            three.fit(new INDArray[] {x}, new INDArray[] {y});
            CLOSE.check("output", one.outputSingle(x), three.outputSingle(x));
        }

        ComputationGraphConfiguration readTwice =
                branches()
                        .addLayer("more", spatial().name(null).build(), "b-norm")
                        .addVertex("merged", new MergeVertex(), "a-spatial", "b-spatial", "more")
                        .addLayer("out", output(), "merged")
                        .setOutputs("out")
                        .build();
        assertEquals(
                List.of(
                        "a-temporal+a-norm+a-spatial",
                        "b-temporal",
                        "b-norm",
                        "b-spatial",
                        "more",
                        "merged",
                        "out"),
                List.copyOf(TemporalSpatialFusion.fuse(readTwice).getVertices().keySet()));
    }

    private static ComputationGraphConfiguration.GraphBuilder branches() {
        ComputationGraphConfiguration.GraphBuilder conf =
                Nets.config(DataType.DOUBLE, new Sgd(0.1))
                        .graphBuilder()
                        .addInputs("in")
                        .setInputTypes(INPUT);
        for (String branch : List.of("a", "b")) {
            conf.addLayer(branch + "-temporal", temporal().name(null).build(), "in");
            conf.addLayer(branch + "-norm", norm().name(null).build(), branch + "-temporal");
            conf.addLayer(branch + "-spatial", spatial().name(null).build(), branch + "-norm");
        }
        return conf;
    }

    private static ComputationGraph graph(ComputationGraphConfiguration conf) {
        ComputationGraph graph = new ComputationGraph(conf);
        graph.init();
        return graph;
    }

    /** Takes the parameters over by name. */
    private static void take(ComputationGraph from, ComputationGraph to) {
        Map<String, String> names =
                Map.of("tW", "-temporal_W", "tb", "-temporal_b", "sW", "-spatial_W");
        to.paramTable()
                .forEach(
                        (key, value) -> {
                            String param = key.substring(key.lastIndexOf('_') + 1);
                            String branch = key.substring(0, 1);
                            String name =
                                    key.startsWith("out")
                                            ? key
                                            : branch + names.getOrDefault(param, "-norm_" + param);
                            value.assign(from.getParam(name));
                        });
    }

    /** DL4J's own layers; their parameters have other layouts. */
    @Test
    void builtInLayers() {
        MultiLayerConfiguration published =
                list(
                        new ConvolutionLayer.Builder(1, 16)
                                .nOut(4)
                                .convolutionMode(ConvolutionMode.Same)
                                .activation(Activation.IDENTITY)
                                .build(),
                        new BatchNormalization.Builder().eps(1e-3).useLogStd(false).build(),
                        new DepthwiseConvolution2D.Builder(ROWS, 1)
                                .depthMultiplier(2)
                                .convolutionMode(ConvolutionMode.Truncate)
                                .activation(Activation.TANH)
                                .build());
        MultiLayerConfiguration fused = TemporalSpatialFusion.fuse(published);
        assertEquals(2, fused.getConfs().size());
        MultiLayerNetwork three = network(published);
        MultiLayerNetwork one = network(fused);
        one.setParam("0_tW", three.getParam("0_W"));
        one.setParam("0_tb", three.getParam("0_b").reshape(4));
        for (String name : List.of("gamma", "beta", "mean", "var")) {
            one.setParam("0_" + name, three.getParam("1_" + name).reshape(4));
        }
        INDArray spatial = three.getParam("2_W").permute(2, 3, 0, 1).dup('c');
        one.setParam("0_sW", spatial.reshape('c', 8, 1, ROWS, 1));
        one.setParam("0_sb", three.getParam("2_b").reshape(8));
        one.setParam("1_W", three.getParam("3_W"));
        INDArray x = input();
        CLOSE.check("output", one.output(x), three.output(x));
        CLOSE.check("training", one.output(x, true), three.output(x, true));
    }

    /** Whatever else stands there, or between, or is trained otherwise, is left alone. */
    @TestFactory
    Stream<DynamicTest> leftAlone() {
        Layer t = temporal().build();
        Layer n = norm().build();
        Layer s = spatial().build();
        Map<String, Layer[]> others =
                Map.ofEntries(
                        Map.entry(
                                "activation of the filters",
                                new Layer[] {temporal().activation(Activation.TANH).build(), n, s}),
                        Map.entry(
                                "activation of the normalization",
                                new Layer[] {t, norm().activation(new Elu(1.0)).build(), s}),
                        Map.entry(
                                "dropout before the normalization",
                                new Layer[] {t, norm().dropOut(0.5).build(), s}),
                        Map.entry(
                                "dropout before the spatial filters",
                                new Layer[] {t, n, spatial().dropOut(0.5).build()}),
                        Map.entry("a dropout layer", new Layer[] {t, n, new DropoutLayer(0.5), s}),
                        Map.entry(
                                "dropout between convolutions",
                                new Layer[] {t, overAllFilters().dropOut(0.5).build()}),
                        Map.entry(
                                "a convolution of some rows",
                                new Layer[] {
                                    t, new ConstrainedConv2D.Builder(3, 1).nOut(5).build()
                                }),
                        Map.entry("a frozen layer", new Layer[] {t, new FrozenLayer(n), s}),
                        Map.entry("no normalization", new Layer[] {t, s, n}),
                        Map.entry(
                                "a stride",
                                new Layer[] {temporal().padding(0, 8).stride(1, 2).build(), n, s}),
                        Map.entry(
                                "spatial filters of some rows",
                                new Layer[] {t, n, new DepthwiseConv2D.Builder(3, 1).build()}),
                        Map.entry(
                                "another updater",
                                new Layer[] {t, n, spatial().updater(new Sgd(0.1)).build()}),
                        Map.entry(
                                "other regularization",
                                new Layer[] {temporal().l2(0.5).build(), n, s}),
                        Map.entry(
                                "weight noise",
                                new Layer[] {
                                    temporal().weightNoise(new HalfAsMuch()).build(), n, s
                                }));
        return others.entrySet().stream()
                .map(
                        other ->
                                DynamicTest.dynamicTest(
                                        other.getKey(),
                                        () -> {
                                            MultiLayerConfiguration conf = list(other.getValue());
                                            assertEquals(conf, TemporalSpatialFusion.fuse(conf));
                                        }));
    }

    /** Networks of the zoo that begin so: same initial weights, same output. */
    @Test
    void zoo() throws Exception {
        sameNetwork(EEGNet.builder(), 2);
        sameNetwork(EEGNet.builder().preset(EEGNet.Preset.BRAINDECODE), 2);
        sameNetwork(EEGNet.builder().preset(EEGNet.Preset.SSVEP).kernelLength(100), 2);
        sameNetwork(ShallowConvNet.builder().preset(ShallowConvNet.Preset.SELFEEG), 1);
        sameNetwork(DeepConvNet.builder(), 1);
        EEGTCNet.Builder recurrent = EEGTCNet.builder().channels(ROWS).samples(128);
        ComputationGraphConfiguration parts = recurrent.build().conf();
        ComputationGraphConfiguration fused = recurrent.fused(true).build().conf();
        assertEquals(parts.getVertices().size() - 2, fused.getVertices().size());
        assertEquals(graph(parts).params(), graph(fused).params());
        INDArray x = input().castTo(DataType.FLOAT);
        Close.of(DataType.FLOAT)
                .check("EEGTCNet", graph(fused).outputSingle(x), graph(parts).outputSingle(x));
        for (EegModelBuilder<?, ?> other :
                List.of(
                        EEGInception.builder(),
                        EEGTCNet.builder().preset(EEGTCNet.Preset.BRAINDECODE))) {
            Exception e =
                    assertThrows(DL4JInvalidConfigException.class, () -> other.fused(true).build());
            assertTrue(e.getMessage().contains("fused = true; an activation"), e.getMessage());
        }
        EEGNet.Builder pretrained = EEGNet.builder().channels(22).samples(256).classes(4);
        INDArray params = pretrained.build().initPretrained().params();
        assertEquals(params, pretrained.fused(true).build().initPretrained().params());
    }

    private static void sameNetwork(EegModelBuilder<?, ?> builder, int fewer) {
        builder.channels(ROWS);
        builder.samples(128);
        MultiLayerConfiguration published = (MultiLayerConfiguration) builder.build().conf();
        builder.fused(true);
        MultiLayerConfiguration fused = (MultiLayerConfiguration) builder.build().conf();
        String name = builder.build().getClass().getSimpleName();
        assertEquals(published.getConfs().size() - fewer, fused.getConfs().size(), name);
        assertEquals(published, TemporalSpatialFusion.split(fused));
        MultiLayerNetwork parts = network(published);
        MultiLayerNetwork one = network(fused);
        assertEquals(parts.params(), one.params());
        INDArray x = input().castTo(DataType.FLOAT);
        Close.of(DataType.FLOAT).check(name, one.output(x), parts.output(x));
    }
}
