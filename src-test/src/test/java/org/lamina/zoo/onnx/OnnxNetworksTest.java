package org.lamina.zoo.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import onnx.Onnx.NodeProto;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.activations.Swish;
import org.lamina.harness.Nets;
import org.lamina.harness.OnnxRuntime;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Conv1D;
import org.lamina.layers.ConvTranspose1D;
import org.lamina.layers.FWS;
import org.lamina.layers.LocalConv2DVertex;
import org.lamina.layers.SqueezeExcitation;
import org.lamina.layers.samediff.SameDiffConv1D;
import org.lamina.layers.samediff.SameDiffFWS;
import org.lamina.zoo.DeepConvNet;
import org.lamina.zoo.EEGInception;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.EEGTCNet;
import org.lamina.zoo.EncNet1D;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.ShallowConvNet;
import org.lamina.zoo.UNet1D;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.weights.Parameters;
import org.lamina.zoo.weights.StateDict;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Whole networks in ONNX Runtime, and what an export does beside the layers. */
@SuppressWarnings("deprecation") // GravesLSTM is still in use
class OnnxNetworksTest {

    private static void agree(String name, Model network, OnnxOptions options, long... shape) {
        randomize(network);
        try (OnnxRuntime onnx = OnnxRuntime.of(network, options)) {
            INDArray x = Nd4j.randn(DataType.FLOAT, shape);
            onnx.check(name, Networks.output(network, x.dup()), x);
        }
    }

    /** Running statistics of their own, as after some training. */
    private static void randomize(Model network) {
        network.paramTable()
                .forEach(
                        (name, value) -> {
                            if (name.endsWith("var")) {
                                value.assign(Nd4j.rand(value.shape()).addi(0.5));
                            } else if (name.endsWith("mean")) {
                                value.assign(Nd4j.randn(value.shape()).muli(0.1));
                            }
                        });
    }

    @Test
    void eegNetworks() {
        for (EEGNet.Preset preset : EEGNet.Preset.values()) {
            EEGNet.Builder eegNet =
                    EEGNet.builder().preset(preset).channels(5).samples(256).classes(3);
            InputType type = InputType.convolutional(5, 256, 1);
            for (boolean fused : new boolean[] {false, true}) {
                Model net = eegNet.fused(fused).build().init();
                agree("EEGNet", net, new OnnxOptions().inputTypes(type), 4, 1, 5, 256);
                OnnxOptions published = new OnnxOptions().inputTypes(type).publishedOrder(true);
                agree("EEGNet", net, published, 4, 1, 5, 256);
                agree("EEGNet", net, published.foldBatchNorm(true), 4, 1, 5, 256);
            }
        }
        agree(
                "ShallowConvNet",
                ShallowConvNet.builder().channels(5).samples(256).classes(3).build().init(),
                new OnnxOptions(),
                4,
                1,
                5,
                256);
        agree(
                "DeepConvNet",
                DeepConvNet.builder().channels(5).samples(512).classes(3).build().init(),
                new OnnxOptions(),
                4,
                1,
                5,
                512);
        agree(
                "EEGInception",
                EEGInception.builder().channels(5).samples(256).classes(3).build().init(),
                new OnnxOptions(),
                4,
                1,
                5,
                256);
        agree(
                "EEGTCNet",
                EEGTCNet.builder().channels(5).samples(256).classes(3).build().init(),
                new OnnxOptions(),
                4,
                1,
                5,
                256);
    }

    @Test
    void imageAndSignalNetworks() {
        InputType image = InputType.convolutional(32, 32, 3);
        agree(
                "NFNet",
                NFNet.builder().preset(NFNet.Preset.NFNET_TINY).init(),
                new OnnxOptions().inputTypes(image),
                2,
                3,
                32,
                32);
        agree(
                "UNet1D",
                UNet1D.builder().preset(UNet1D.Preset.UNET_12).width(4).length(64).build().init(),
                new OnnxOptions().inputTypes(InputType.recurrent(1, 64)),
                2,
                1,
                64);
        agree(
                "EncNet1D",
                EncNet1D.builder().preset(EncNet1D.Preset.ENCNET_12).width(4).build().init(),
                new OnnxOptions(),
                2,
                1,
                256);
    }

    /** Batch normalization is gone where it was folded, and only there. */
    @Test
    void foldsBatchNormalization() {
        Model net = EEGNet.builder().channels(5).samples(128).classes(3).build().init();
        OnnxOptions options = new OnnxOptions().publishedOrder(true);
        assertEquals(3, nodes(net, options, "BatchNormalization"));
        assertEquals(0, nodes(net, options.foldBatchNorm(true), "BatchNormalization"));
    }

    /** Spatial filters come first unless told otherwise, whoever wrote the network. */
    @Test
    void frontInTheCheaperOrder() {
        EEGNet eegNet = EEGNet.builder().channels(5).samples(128).classes(3).build();
        ComputationGraph trained =
                new ComputationGraph(
                        ((MultiLayerNetwork) frozen(eegNet.conf()))
                                .toComputationGraph()
                                .getConfiguration());
        trained.init();
        List<Model> networks =
                List.of(
                        eegNet.init(),
                        eegNet.init().toComputationGraph(),
                        EEGNet.builder().channels(5).samples(128).fused(true).build().init(),
                        EEGTCNet.builder().channels(5).samples(128).build().init(),
                        frozen(eegNet.conf()),
                        trained,
                        ofDl4j());
        for (Model net : networks) {
            agree("EEGNet", net, new OnnxOptions(), 3, 1, 5, 128);
            agree("EEGNet", net, new OnnxOptions().publishedOrder(true), 3, 1, 5, 128);
            long norms = nodes(net, new OnnxOptions().publishedOrder(true), "BatchNormalization");
            assertEquals(norms - 1, nodes(net, new OnnxOptions(), "BatchNormalization"));
            NodeProto first = Onnx.model(net, new OnnxOptions()).getGraph().getNode(0);
            assertEquals("Conv", first.getOpType());
            assertEquals(
                    List.of(5L, 1L),
                    first.getAttributeList().stream()
                            .filter(attribute -> attribute.getName().equals("kernel_shape"))
                            .findFirst()
                            .orElseThrow()
                            .getIntsList());
        }
        // Two filters for each of one row: the published order is less work.
        agree(
                "EEGNet",
                EEGNet.builder().channels(1).build().init(),
                new OnnxOptions(),
                3,
                1,
                1,
                256);
        Model narrow = EEGNet.builder().channels(1).build().init();
        assertEquals(3, nodes(narrow, new OnnxOptions(), "BatchNormalization"));
    }

    /** The front frozen, with settings for training that layers do not share. */
    private static Model frozen(MultiLayerConfiguration conf) {
        for (int i = 0; i < 3; i++) {
            Layer layer = conf.getConf(i).getLayer();
            ((BaseLayer) layer).setIUpdater(new Sgd(0.1 * (i + 1)));
            conf.getConf(i).setLayer(new FrozenLayer(layer));
        }
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        return net;
    }

    private static Model ofDl4j() {
        return Nets.init(
                Nets.config(DataType.FLOAT, new Sgd(1))
                        .list()
                        .layer(
                                new ConvolutionLayer.Builder(1, 7)
                                        .nOut(3)
                                        .convolutionMode(ConvolutionMode.Same)
                                        .activation(Activation.IDENTITY)
                                        .build())
                        .layer(new BatchNormalization.Builder().build())
                        .layer(
                                new DepthwiseConvolution2D.Builder(5, 1)
                                        .depthMultiplier(2)
                                        .activation(Activation.TANH)
                                        .constrainWeights(new MaxNormConstraint(1, 0, 1, 2))
                                        .build())
                        .layer(new BatchNormalization.Builder().useLogStd(true).build())
                        .setInputType(InputType.convolutional(5, 128, 1)));
    }

    /** The mask goes from layer to layer as it does in the network, and ends in the pooling. */
    @Test
    void maskedSeries() {
        for (PoolingType pooling : PoolingType.values()) {
            ComputationGraph net = maskedNetwork(pooling);
            randomize(net);
            OnnxOptions options =
                    new OnnxOptions().inputTypes(InputType.recurrent(2, 25)).mask(true);
            try (OnnxRuntime onnx = OnnxRuntime.of(net, options)) {
                INDArray x = Nd4j.randn(DataType.FLOAT, 4, 2, 25);
                INDArray mask = Nd4j.ones(DataType.FLOAT, 4, 25);
                for (int t = 0; t < 25; t++) {
                    mask.putScalar(1, t, t < 14 ? 1 : 0);
                    mask.putScalar(2, t, t < 9 ? 1 : 0);
                    mask.putScalar(3, t, t % 5 == 0 ? 0 : 1);
                }
                INDArray expected =
                        net.output(false, new INDArray[] {x.dup()}, new INDArray[] {mask})[0];
                onnx.check("time series with a mask", expected, x, mask);
                // Whatever padding holds, NaN included.
                INDArray filled = x.dup();
                filled.putScalar(new int[] {2, 1, 20}, Float.NaN);
                assertEquals(onnx.output(x, mask), onnx.output(filled, mask));
            }
        }
    }

    private static ComputationGraph maskedNetwork(PoolingType pooling) {
        ComputationGraph net =
                new ComputationGraph(
                        Nets.config(DataType.FLOAT, new Sgd(1))
                                .graphBuilder()
                                .addInputs("in")
                                .addLayer("a", causal(2), "in")
                                .addLayer("norm", new BatchNorm.Builder().nIn(4).build(), "a")
                                .addLayer("b", causal(4), "norm")
                                .addVertex(
                                        "sum",
                                        new ElementWiseVertex(ElementWiseVertex.Op.Add),
                                        "norm",
                                        "b")
                                .addLayer(
                                        "dl4j",
                                        new Convolution1DLayer.Builder(3)
                                                .nIn(4)
                                                .nOut(4)
                                                .stride(2)
                                                .convolutionMode(ConvolutionMode.Same)
                                                .activation(Activation.TANH)
                                                .build(),
                                        "sum")
                                .addLayer("elu", new ActivationLayer(Activation.ELU), "dl4j")
                                .addLayer(
                                        "up",
                                        new ConvTranspose1D.Builder(5)
                                                .nIn(4)
                                                .nOut(4)
                                                .stride(3)
                                                .outputPadding(1)
                                                .build(),
                                        "elu")
                                .addLayer(
                                        "max",
                                        new Subsampling1DLayer.Builder(PoolingType.MAX)
                                                .kernelSize(3)
                                                .stride(2)
                                                .build(),
                                        "up")
                                .addLayer(
                                        "gate",
                                        new SqueezeExcitation.Builder().nIn(4).reduction(2).build(),
                                        "max")
                                .addLayer(
                                        "pool",
                                        new GlobalPoolingLayer.Builder(pooling).pnorm(3).build(),
                                        "gate")
                                .addLayer(
                                        "out",
                                        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                                .nIn(4)
                                                .nOut(3)
                                                .activation(Activation.SOFTMAX)
                                                .build(),
                                        "pool")
                                .setOutputs("out")
                                .build());
        net.init();
        return net;
    }

    private static Layer causal(int in) {
        return new Conv1D.Builder(3)
                .nIn(in)
                .nOut(4)
                .padding("causal")
                .activation(Activation.TANH)
                .build();
    }

    @Test
    void whatAMaskIsNotFor() {
        OnnxOptions masked = new OnnxOptions().mask(true);
        InputType series = InputType.recurrent(2, 9);
        refused(
                "LSTM \"layer0\" cannot be written as ONNX with a mask",
                Nets.single(new LSTM.Builder().nOut(3).build(), series, DataType.FLOAT),
                masked);
        refused(
                "a mask is for time series, of rank 3",
                EEGNet.builder().channels(5).samples(128).build().init(),
                masked);
    }

    private static void refused(String part, Model net, OnnxOptions options) {
        WeightsException e = assertThrows(WeightsException.class, () -> Onnx.model(net, options));
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    /** What comes back from a file is the network's, in every layout. */
    @Test
    void parametersOutOfAFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("net.onnx");
        OnnxOptions options = new OnnxOptions().publishedOrder(true);
        InputType series = InputType.recurrent(3, 12);
        List<Model> networks =
                List.of(
                        EEGNet.builder().channels(5).samples(128).classes(3).build().init(),
                        EEGTCNet.builder().channels(5).samples(128).build().init(),
                        Nets.single(
                                new DepthwiseConvolution2D.Builder(5, 1).depthMultiplier(2).build(),
                                InputType.convolutional(5, 8, 3),
                                DataType.FLOAT),
                        Nets.single(
                                new GravesLSTM.Builder().nOut(4).build(), series, DataType.FLOAT));
        for (Model net : networks) {
            net.setParams(Nd4j.randn(net.params().shape()));
            Onnx.export(net, file, options);
            INDArray expected = net.params().dup();
            StateDict read = Onnx.parameters(net, file, options);
            assertEquals(expected, net.params());
            net.setParams(Nd4j.zeros(net.params().shape()));
            Parameters.of(net).arrays().forEach((name, array) -> array.assign(read.get(name)));
            assertEquals(expected, net.params());
        }
        Model net = networks.get(0);
        Onnx.export(net, file, new OnnxOptions());
        assertRefused("--published-order", net, file, options);
        Onnx.export(net, file, options);
        assertRefused("it is of another network", networks.get(1), file, options);
        Model free = NFNet.builder().preset(NFNet.Preset.NFNET_TINY).init();
        OnnxOptions image = new OnnxOptions().inputTypes(InputType.convolutional(32, 32, 3));
        Onnx.export(free, file, image);
        assertRefused("weights were folded", free, file, image);
    }

    private static void assertRefused(String part, Model net, Path file, OnnxOptions options) {
        WeightsException e =
                assertThrows(WeightsException.class, () -> Onnx.parameters(net, file, options));
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    /** 71 million parameters; the file has 290 MB. */
    @Test
    @Tag("slow")
    void largeNetwork() {
        agree("NFNet", NFNet.builder().skipGain(0.5).init(), new OnnxOptions(), 1, 3, 192, 192);
    }

    private static long nodes(Model net, OnnxOptions options, String operator) {
        return Onnx.model(net, options).getGraph().getNodeList().stream()
                .filter(node -> node.getOpType().equals(operator))
                .count();
    }

    /** A network of convolutions takes any length; standardization goes into the graph. */
    @Test
    void openLengthAndNormalizer() {
        MultiLayerNetwork net =
                Nets.init(
                        Nets.config(DataType.FLOAT, new Sgd(1))
                                .list()
                                .layer(
                                        new Conv1D.Builder(3)
                                                .nIn(2)
                                                .nOut(4)
                                                .activation(new Swish())
                                                .build())
                                .layer(
                                        new BatchNorm.Builder()
                                                .nIn(4)
                                                .nOut(4)
                                                .activation(Activation.TANH)
                                                .build())
                                .layer(
                                        new SameDiffConv1D.Builder(5)
                                                .nIn(4)
                                                .nOut(3)
                                                .activation(Activation.ELU)
                                                .build()));
        INDArray mean = Nd4j.createFromArray(new float[][] {{1}, {-2}});
        INDArray deviation = Nd4j.createFromArray(new float[][] {{3}, {0.5f}});
        OnnxOptions options = new OnnxOptions().standardize(mean, deviation).metadata("k", "v");
        randomize(net);
        try (OnnxRuntime onnx = OnnxRuntime.of(net, options)) {
            for (int length : new int[] {9, 30}) {
                INDArray x = Nd4j.randn(DataType.FLOAT, 2, 2, length);
                INDArray standardized =
                        x.sub(mean.reshape(1, 2, 1)).div(deviation.reshape(1, 2, 1));
                onnx.check("normalizer in the graph", net.output(standardized), x);
            }
        }
        assertEquals("v", Onnx.model(net, options).getMetadataProps(0).getValue());
    }

    @Test
    void standardizedWeightsByAWrapper() {
        InputType type = InputType.recurrent(4, 9);
        Conv1D inside = new Conv1D.Builder(3).nOut(5).activation(Activation.TANH).build();
        SameDiffConv1D other =
                new SameDiffConv1D.Builder(3).nOut(5).activation(Activation.TANH).build();
        for (boolean raw : new boolean[] {true, false}) {
            for (boolean constant : new boolean[] {true, false}) {
                agree(
                        "FWS",
                        Nets.single(
                                new FWS.Builder(inside)
                                        .differentiable(raw)
                                        .constEval(constant)
                                        .build(),
                                type,
                                DataType.FLOAT),
                        new OnnxOptions(),
                        3,
                        4,
                        9);
                agree(
                        "FWS",
                        Nets.single(
                                new SameDiffFWS.Builder(other)
                                        .differentiable(raw)
                                        .constEval(constant)
                                        .build(),
                                type,
                                DataType.FLOAT),
                        new OnnxOptions(),
                        3,
                        4,
                        9);
            }
        }
    }

    @Test
    void filtersFromOutside() {
        LocalConv2DVertex vertex =
                new LocalConv2DVertex.Builder(3, 2).nIn(2).nOut(3).inputSize(5, 4).build();
        long positions = vertex.getSpec().positions();
        long taps = vertex.getSpec().taps();
        ComputationGraph graph =
                new ComputationGraph(
                        Nets.config(DataType.FLOAT, new Sgd(1))
                                .graphBuilder()
                                .addInputs("x", "w", "b")
                                .addVertex("local", vertex, "x", "w", "b")
                                .setOutputs("local")
                                .build());
        graph.init();
        INDArray x = Nd4j.randn(DataType.FLOAT, 2, 2, 5, 4);
        INDArray w = Nd4j.randn(DataType.FLOAT, 2, 3 * taps * positions);
        INDArray b = Nd4j.randn(DataType.FLOAT, 2, 3 * positions);
        OnnxOptions options =
                new OnnxOptions()
                        .inputTypes(
                                InputType.convolutional(5, 4, 2),
                                InputType.feedForward(w.size(1)),
                                InputType.feedForward(b.size(1)));
        try (OnnxRuntime onnx = OnnxRuntime.of(graph, options)) {
            INDArray expected = graph.outputSingle(x.dup(), w.dup(), b.dup());
            onnx.check("LocalConv2DVertex", expected, x, w, b);
        }
    }

    /** What cannot be written is named, and the former file stays. */
    @Test
    void refusesByName(@TempDir Path folder) throws Exception {
        MultiLayerNetwork net =
                Nets.init(
                        Nets.config(DataType.FLOAT, new Sgd(1))
                                .list()
                                .layer(
                                        new VariationalAutoencoder.Builder()
                                                .name("strange")
                                                .nIn(4)
                                                .nOut(2)
                                                .encoderLayerSizes(3)
                                                .decoderLayerSizes(3)
                                                .build()));
        Path file = folder.resolve("model.onnx");
        Files.writeString(file, "former");
        WeightsException e = assertThrows(WeightsException.class, () -> Onnx.export(net, file));
        assertTrue(e.getMessage().contains("VariationalAutoencoder \"strange\""), e.getMessage());
        assertEquals("former", Files.readString(file));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }
}
