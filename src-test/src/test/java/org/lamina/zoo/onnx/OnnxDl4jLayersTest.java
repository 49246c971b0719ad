package org.lamina.zoo.onnx;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.lamina.harness.Nets;
import org.lamina.harness.OnnxRuntime;
import org.lamina.layers.AveragePooling2D;
import org.lamina.layers.MaxPooling2D;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** DL4J's own layers in ONNX Runtime. */
@SuppressWarnings("deprecation") // GravesLSTM is still in use
class OnnxDl4jLayersTest {

    private static final InputType SERIES = InputType.recurrent(4, 10);
    private static final InputType IMAGE = InputType.convolutional(9, 8, 4);
    private static final InputType VOLUME =
            InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 6, 5, 7, 2);

    private static LossFunctions.LossFunction loss() {
        return LossFunctions.LossFunction.MCXENT;
    }

    private static Layer softmax(int outputs) {
        return new OutputLayer.Builder(loss()).nOut(outputs).activation(Activation.SOFTMAX).build();
    }

    @TestFactory
    Stream<DynamicTest> images() {
        List<Layer> layers = new ArrayList<>();
        for (ConvolutionMode mode :
                new ConvolutionMode[] {ConvolutionMode.Same, ConvolutionMode.Truncate}) {
            layers.add(
                    new ConvolutionLayer.Builder(3, 2)
                            .nOut(5)
                            .stride(2, 1)
                            .convolutionMode(mode)
                            .activation(Activation.ELU)
                            .build());
            layers.add(
                    new Deconvolution2D.Builder(3, 2)
                            .nOut(5)
                            .stride(2, 1)
                            .convolutionMode(mode)
                            .build());
            layers.add(
                    new DepthwiseConvolution2D.Builder(3, 3)
                            .depthMultiplier(2)
                            .nOut(8)
                            .convolutionMode(mode)
                            .build());
            layers.add(
                    new SeparableConvolution2D.Builder(3, 3)
                            .depthMultiplier(2)
                            .nOut(5)
                            .convolutionMode(mode)
                            .build());
            for (PoolingType type :
                    new PoolingType[] {PoolingType.MAX, PoolingType.AVG, PoolingType.PNORM}) {
                layers.add(
                        new SubsamplingLayer.Builder(type)
                                .kernelSize(3, 2)
                                .stride(2, 2)
                                .pnorm(3)
                                .convolutionMode(mode)
                                .build());
            }
            layers.add(new MaxPooling2D.Builder(3, 2).stride(2, 2).convolutionMode(mode).build());
            layers.add(new AveragePooling2D.Builder(3, 2).convolutionMode(mode).build());
        }
        layers.add(
                new ConvolutionLayer.Builder(3, 3)
                        .nOut(5)
                        .dilation(2, 2)
                        .padding(2, 1)
                        .convolutionMode(ConvolutionMode.Truncate)
                        .build());
        layers.add(
                new SubsamplingLayer.Builder(PoolingType.AVG)
                        .kernelSize(3, 3)
                        .padding(1, 1)
                        .build());
        layers.add(new BatchNormalization());
        layers.add(new BatchNormalization.Builder().lockGammaBeta(true).gamma(2).beta(0.5).build());
        layers.add(new LocalResponseNormalization.Builder().alpha(0.1).build());
        layers.add(new PReLULayer.Builder().inputShape(4, 9, 8).sharedAxes(2, 3).build());
        layers.add(new ZeroPaddingLayer.Builder(1, 2, 0, 3).build());
        layers.add(new Cropping2D.Builder(1, 2, 0, 3).build());
        layers.add(new Upsampling2D.Builder().size(new int[] {2, 3}).build());
        layers.add(new DropoutLayer(0.5));
        layers.add(new ActivationLayer(Activation.TANH));
        layers.add(new CnnLossLayer.Builder(loss()).activation(Activation.SOFTMAX).build());
        for (PoolingType type : PoolingType.values()) {
            layers.add(new GlobalPoolingLayer.Builder(type).pnorm(3).build());
        }
        layers.add(
                new GlobalPoolingLayer.Builder(PoolingType.MAX).collapseDimensions(false).build());
        layers.add(new DenseLayer.Builder().nOut(6).activation(Activation.SELU).build());
        return tests(layers, IMAGE, 4, 9, 8);
    }

    @TestFactory
    Stream<DynamicTest> series() {
        List<Layer> layers =
                List.of(
                        new Convolution1DLayer.Builder(3)
                                .nOut(5)
                                .convolutionMode(ConvolutionMode.Causal)
                                .dilation(2)
                                .build(),
                        new Convolution1DLayer.Builder(4)
                                .nOut(5)
                                .stride(2)
                                .convolutionMode(ConvolutionMode.Same)
                                .build(),
                        new Subsampling1DLayer.Builder(PoolingType.MAX)
                                .kernelSize(3)
                                .stride(2)
                                .build(),
                        new ZeroPadding1DLayer.Builder(1, 2).build(),
                        new Cropping1D.Builder(1, 2).build(),
                        new Upsampling1D.Builder(3).build(),
                        new LSTM.Builder().nOut(5).activation(Activation.TANH).build(),
                        new GravesLSTM.Builder().nOut(5).activation(Activation.TANH).build(),
                        new SimpleRnn.Builder().nOut(5).activation(Activation.RELU).build(),
                        new LastTimeStep(
                                new LSTM.Builder().nOut(5).activation(Activation.TANH).build()),
                        bidirectional(Bidirectional.Mode.CONCAT),
                        bidirectional(Bidirectional.Mode.ADD),
                        bidirectional(Bidirectional.Mode.MUL),
                        bidirectional(Bidirectional.Mode.AVERAGE),
                        new DenseLayer.Builder().nOut(6).activation(Activation.TANH).build(),
                        new GlobalPoolingLayer(PoolingType.MAX),
                        new RnnOutputLayer.Builder(loss())
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build());
        return tests(layers, SERIES, 4, 10);
    }

    private static Layer bidirectional(Bidirectional.Mode mode) {
        return new Bidirectional(
                mode, new LSTM.Builder().nOut(5).activation(Activation.TANH).build());
    }

    @TestFactory
    Stream<DynamicTest> volumes() {
        List<Layer> layers =
                List.of(
                        new Convolution3D.Builder(3, 2, 3)
                                .nOut(3)
                                .dataFormat(Convolution3D.DataFormat.NCDHW)
                                .build(),
                        new Deconvolution3D.Builder()
                                .kernelSize(2, 2, 3)
                                .nOut(3)
                                .stride(2, 2, 1)
                                .dataFormat(Convolution3D.DataFormat.NCDHW)
                                .build(),
                        new Subsampling3DLayer.Builder(PoolingType.MAX)
                                .kernelSize(2, 2, 2)
                                .stride(2, 1, 2)
                                .dataFormat(Convolution3D.DataFormat.NCDHW)
                                .build(),
                        new Subsampling3DLayer.Builder(PoolingType.AVG)
                                .kernelSize(2, 2, 2)
                                .stride(2, 1, 2)
                                .dataFormat(Convolution3D.DataFormat.NCDHW)
                                .build(),
                        new ZeroPadding3DLayer.Builder(1, 0, 2).build(),
                        new Cropping3D.Builder(1, 0, 2).build(),
                        new Upsampling3D.Builder(2)
                                .dataFormat(Convolution3D.DataFormat.NCDHW)
                                .build(),
                        new GlobalPoolingLayer(PoolingType.AVG));
        return tests(layers, VOLUME, 2, 6, 5, 7);
    }

    @TestFactory
    Stream<DynamicTest> activationFunctions() {
        Stream<IActivation> byName =
                Stream.of(Activation.values())
                        .filter(f -> f != Activation.SOFTMAX)
                        .map(Activation::getActivationFunction);
        return Stream.concat(byName, Stream.of(new ActivationGELU(true)))
                .map(
                        f ->
                                dynamicTest(
                                        f.toString(),
                                        () ->
                                                same(
                                                        new ActivationLayer(f),
                                                        InputType.feedForward(7),
                                                        7)));
    }

    private static Stream<DynamicTest> tests(List<Layer> layers, InputType type, long... size) {
        return layers.stream()
                .map(layer -> dynamicTest(layer.toString(), () -> same(layer, type, size)));
    }

    private static void same(Layer layer, InputType type, long... size) {
        MultiLayerNetwork net = Nets.single(layer, type, DataType.FLOAT);
        String name = layer.getClass().getSimpleName();
        same("DL4J's " + name, net, new OnnxOptions().inputTypes(type), size);
    }

    private static void same(
            String name, MultiLayerNetwork net, OnnxOptions options, long... size) {
        randomize(net.params());
        for (org.deeplearning4j.nn.api.Layer layer : net.getLayers()) {
            layer.paramTable()
                    .forEach(
                            (key, value) -> {
                                if (key.equals("var")) {
                                    value.assign(Nd4j.rand(value.shape()).addi(0.5));
                                }
                            });
        }
        try (OnnxRuntime onnx = OnnxRuntime.of(net, options)) {
            for (int examples : new int[] {1, 3}) {
                long[] shape = new long[size.length + 1];
                shape[0] = examples;
                System.arraycopy(size, 0, shape, 1, size.length);
                INDArray x = Nd4j.randn(DataType.FLOAT, shape);
                onnx.check(name, net.output(x.dup()), x);
            }
        }
    }

    private static void randomize(INDArray params) {
        if (params != null && params.length() > 0) {
            params.assign(Nd4j.randn(DataType.FLOAT, params.shape()).muli(0.3));
        }
    }

    @Test
    void embeddings() {
        for (Layer layer :
                List.of(
                        new EmbeddingLayer.Builder().nIn(7).nOut(4).hasBias(true).build(),
                        new EmbeddingSequenceLayer.Builder().nIn(7).nOut(4).build())) {
            MultiLayerNetwork net =
                    Nets.init(
                            Nets.config(DataType.FLOAT, new Sgd(1))
                                    .activation(Activation.IDENTITY)
                                    .list()
                                    .layer(layer));
            boolean sequence = layer instanceof EmbeddingSequenceLayer;
            InputType type = InputType.feedForward(sequence ? 5 : 1);
            INDArray x = Nd4j.createFromArray(new float[][] {{3, 1, 0, 6, 2}, {0, 5, 5, 1, 4}});
            x = sequence ? x : x.getColumn(0, true).dup();
            try (OnnxRuntime onnx = OnnxRuntime.of(net, new OnnxOptions().inputTypes(type))) {
                String name = layer.getClass().getSimpleName();
                onnx.check("DL4J's " + name, net.output(x.dup()), x);
            }
        }
    }

    /** Everything that reshapes between layers, and both data formats. */
    @Test
    void preprocessorsAndDataFormats() {
        InputType last = InputType.convolutional(6, 5, 3, CNN2DFormat.NHWC);
        MultiLayerNetwork images =
                Nets.init(
                        Nets.config(DataType.FLOAT, new Sgd(1))
                                .activation(Activation.TANH)
                                .list()
                                .layer(
                                        new ConvolutionLayer.Builder(3, 3)
                                                .nOut(4)
                                                .dataFormat(CNN2DFormat.NHWC)
                                                .build())
                                .layer(softmax(3))
                                .setInputType(last));
        same("DL4J's preprocessors", images, new OnnxOptions().inputTypes(last), 6, 5, 3);
        // As a graph: a MultiLayerNetwork's output(...) forgets the size of the minibatch here.
        ComputationGraph series =
                new ComputationGraph(
                        Nets.config(DataType.FLOAT, new Sgd(1))
                                .activation(Activation.TANH)
                                .graphBuilder()
                                .addInputs("in")
                                .addLayer("lstm", new LSTM.Builder().nOut(5).build(), "in")
                                .addLayer("dense", new DenseLayer.Builder().nOut(6).build(), "lstm")
                                .addLayer(
                                        "conv",
                                        new Convolution1DLayer.Builder(1).nOut(3).build(),
                                        "dense")
                                .setOutputs("conv")
                                .setInputTypes(InputType.recurrent(4))
                                .build());
        series.init();
        randomize(series.params());
        INDArray x = Nd4j.randn(DataType.FLOAT, 3, 4, 7);
        try (OnnxRuntime onnx = OnnxRuntime.of(series, new OnnxOptions())) {
            onnx.check("DL4J's preprocessors", series.outputSingle(x.dup()), x);
        }
        MultiLayerNetwork flat =
                Nets.init(
                        Nets.config(DataType.FLOAT, new Sgd(1))
                                .activation(Activation.TANH)
                                .list()
                                .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).build())
                                .layer(softmax(3))
                                .setInputType(InputType.convolutionalFlat(6, 5, 3)));
        same(
                "DL4J's preprocessors",
                flat,
                new OnnxOptions().inputTypes(InputType.convolutionalFlat(6, 5, 3)),
                90);
        InputType wide = InputType.recurrent(4, 9, RNNFormat.NWC);
        MultiLayerNetwork nwc =
                Nets.init(
                        Nets.config(DataType.FLOAT, new Sgd(1))
                                .activation(Activation.TANH)
                                .list()
                                .layer(
                                        new Convolution1DLayer.Builder(3)
                                                .nOut(4)
                                                .rnnDataFormat(RNNFormat.NWC)
                                                .build())
                                .setInputType(wide));
        same("DL4J's preprocessors", nwc, new OnnxOptions().inputTypes(wide), 9, 4);
    }

    @Test
    void vertices() {
        ComputationGraph graph =
                new ComputationGraph(
                        Nets.config(DataType.FLOAT, new Sgd(1))
                                .activation(Activation.TANH)
                                .graphBuilder()
                                .addInputs("a", "b")
                                .addLayer("c", new DenseLayer.Builder().nIn(4).nOut(6).build(), "a")
                                .addLayer("d", new DenseLayer.Builder().nIn(3).nOut(6).build(), "b")
                                .addVertex("scaled", new ScaleVertex(0.5), "c")
                                .addVertex("shifted", new ShiftVertex(0.25), "d")
                                .addVertex(
                                        "sum",
                                        new ElementWiseVertex(ElementWiseVertex.Op.Add),
                                        "scaled",
                                        "shifted")
                                .addVertex(
                                        "product",
                                        new ElementWiseVertex(ElementWiseVertex.Op.Product),
                                        "c",
                                        "scaled",
                                        "sum")
                                .addVertex(
                                        "difference",
                                        new ElementWiseVertex(ElementWiseVertex.Op.Subtract),
                                        "product",
                                        "d")
                                .addVertex(
                                        "mean",
                                        new ElementWiseVertex(ElementWiseVertex.Op.Average),
                                        "difference",
                                        "sum",
                                        "c")
                                .addVertex(
                                        "most",
                                        new ElementWiseVertex(ElementWiseVertex.Op.Max),
                                        "mean",
                                        "d")
                                .addVertex("part", new SubsetVertex(1, 3), "most")
                                .addVertex("all", new MergeVertex(), "part", "scaled")
                                .addLayer(
                                        "out",
                                        new OutputLayer.Builder(loss())
                                                .nIn(9)
                                                .nOut(3)
                                                .activation(Activation.SOFTMAX)
                                                .build(),
                                        "all")
                                .setOutputs("out")
                                .build());
        graph.init();
        INDArray a = Nd4j.randn(DataType.FLOAT, 5, 4);
        INDArray b = Nd4j.randn(DataType.FLOAT, 5, 3);
        try (OnnxRuntime onnx = OnnxRuntime.of(graph, new OnnxOptions())) {
            onnx.check("DL4J's vertices", graph.outputSingle(a.dup(), b.dup()), a, b);
        }
    }
}
