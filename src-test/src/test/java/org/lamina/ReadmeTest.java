package org.lamina;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.activations.Swish;
import org.lamina.constraints.MaxNorm;
import org.lamina.harness.OnnxRuntime;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.ConstrainedConv2D;
import org.lamina.layers.DepthwiseConv2D;
import org.lamina.layers.DepthwiseSeparableConv2D;
import org.lamina.layers.SqueezeExcitation;
import org.lamina.layers.samediff.SameDiffConstrainedConv1D;
import org.lamina.optimize.AdaptiveGradientClipping;
import org.lamina.optimize.TorchAdaMax;
import org.lamina.samediff.execution.CompiledSameDiff;
import org.lamina.samediff.ops.ActivationOps;
import org.lamina.samediff.ops.ConvOps;
import org.lamina.samediff.ops.WeightStandardizationOps;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.WeightStandardization;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.builtin.BuiltInNetwork;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.keras.Keras;
import org.lamina.zoo.keras.KerasOptions;
import org.lamina.zoo.modelfile.LoadOptions;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.onnx.Onnx;
import org.lamina.zoo.onnx.OnnxOptions;
import org.lamina.zoo.spark.ExampleRows;
import org.lamina.zoo.spark.LocalSpark;
import org.lamina.zoo.spark.PreparedBatches;
import org.lamina.zoo.spark.SparkInference;
import org.lamina.zoo.spark.SparkTraining;
import org.lamina.zoo.weights.NameMaps;
import org.lamina.zoo.weights.StateDict;
import org.lamina.zoo.weights.Weights;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.weightinit.impl.XavierInitScheme;

/** The examples of the READMEs: they stand there as here, compile and train. */
class ReadmeTest {

    private static final INDArray LABELS =
            Nd4j.createFromArray(new float[][] {{1, 0, 0, 0}, {0, 0, 1, 0}});

    @Test
    void multiLayerNetwork() throws IOException {
        // example 1
        MultiLayerConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .updater(new Adam(1e-3))
                        .activation(Activation.IDENTITY)
                        .list()
                        .layer(
                                new ConstrainedConv2D.Builder(1, 64)
                                        .nOut(8)
                                        .hasBias(false)
                                        .maxNorm(null)
                                        .build())
                        .layer(new BatchNorm.Builder().build())
                        .layer(
                                new DepthwiseConv2D.Builder(22, 1)
                                        .depthMultiplier(2)
                                        .padding("valid")
                                        .maxNorm(1.0)
                                        .build())
                        .layer(new BatchNorm.Builder().activation(Activation.ELU).build())
                        .layer(
                                new OutputLayer.Builder()
                                        .nOut(4)
                                        .activation(Activation.SOFTMAX)
                                        .constrainWeights(new MaxNorm(0.25))
                                        .build())
                        .setInputType(InputType.convolutional(22, 256, 1))
                        .build();
        // end
        assertIn("README.md", 1);
        MultiLayerNetwork network = new MultiLayerNetwork(conf);
        network.init();
        INDArray x = Nd4j.randn(DataType.FLOAT, 2, 1, 22, 256);
        network.fit(new DataSet(x, LABELS));
        assertArrayEquals(new long[] {2, 4}, network.output(x).shape());
    }

    @Test
    void computationGraph() throws IOException {
        // example 2
        ComputationGraphConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .updater(new Adam(1e-3))
                        .graphBuilder()
                        .addInputs("eeg")
                        .addLayer(
                                "past",
                                new SameDiffConstrainedConv1D.Builder(5)
                                        .nIn(22)
                                        .nOut(16)
                                        .padding("causal")
                                        .dilation(2)
                                        .activation(Activation.ELU)
                                        .build(),
                                "eeg")
                        .addLayer("mean", new GlobalPoolingLayer(PoolingType.AVG), "past")
                        .addLayer(
                                "out",
                                new OutputLayer.Builder()
                                        .nIn(16)
                                        .nOut(4)
                                        .activation(Activation.SOFTMAX)
                                        .build(),
                                "mean")
                        .setOutputs("out")
                        .build();
        // end
        assertIn("README.md", 2);
        ComputationGraph network = new ComputationGraph(conf);
        network.init();
        INDArray x = Nd4j.randn(DataType.FLOAT, 2, 22, 64);
        network.fit(new MultiDataSet(x, LABELS));
        assertArrayEquals(new long[] {2, 4}, network.outputSingle(x).shape());
    }

    @Test
    void trainingAsInPyTorch() throws IOException {
        // example 3
        MultiLayerConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .updater(new TorchAdaMax(0.002, 0.9, 0.999, 1e-8))
                        .l2(0.01)
                        .l2Bias(0.01)
                        .list()
                        .layer(
                                new DepthwiseSeparableConv2D.Builder(3)
                                        .nOut(8)
                                        .activation(new Swish())
                                        .build())
                        .layer(new SqueezeExcitation.Builder().reduction(4).build())
                        .layer(
                                new OutputLayer.Builder()
                                        .nOut(4)
                                        .activation(Activation.SOFTMAX)
                                        .build())
                        .setInputType(InputType.convolutional(12, 12, 3))
                        .build();
        MultiLayerConfiguration clipped = new AdaptiveGradientClipping(0.01, 1e-3).applyTo(conf);
        // end
        assertIn("dl4j-layers/README.md", 3);
        MultiLayerNetwork network = new MultiLayerNetwork(clipped);
        network.init();
        DataSet data = new DataSet(Nd4j.randn(DataType.FLOAT, 2, 3, 12, 12), LABELS);
        double before = network.score(data);
        for (int step = 0; step < 20; step++) {
            network.fit(data);
        }
        assertTrue(network.score(data) < before, "the loss does not fall");
    }

    @Test
    void sameDiff(@TempDir Path folder) throws IOException {
        // example 4
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 22, 256);
        SDVariable w =
                graph.var("w", new XavierInitScheme('c', 22 * 5, 4 * 5), DataType.FLOAT, 4, 22, 5);
        SDVariable gain = graph.var("gain", Nd4j.ones(DataType.FLOAT, 4));
        SDVariable standardized =
                WeightStandardizationOps.standardize(
                        w, gain, WeightStandardization.nfnet(), 4, 22, 5);
        ConvGeometry geometry =
                ConvGeometry.ofKernel(5).withPadding(Padding.causal()).withDilation(2);
        ConvSpec conv = new ConvSpec(22, 4, geometry, false, NormSpec.none());
        SDVariable y = ActivationOps.swish(ConvOps.conv(x, standardized, null, conv), 1).mean(2);
        graph.loss()
                .softmaxCrossEntropy(
                        "loss", graph.placeHolder("labels", DataType.FLOAT, -1, 4), y, null);
        graph.setTrainingConfig(
                TrainingConfig.builder()
                        .updater(new Adam(1e-3))
                        .dataSetFeatureMapping("x")
                        .dataSetLabelMapping("labels")
                        .build());
        // end
        assertIn("samedif-ops/README.md", 4);
        INDArray input = Nd4j.randn(DataType.FLOAT, 2, 22, 256);
        graph.fit(new DataSet(input, LABELS));
        File file = folder.resolve("graph.fb").toFile();
        graph.save(file, true);
        SameDiff loaded = SameDiff.load(file, true);
        INDArray expected = graph.outputSingle(Map.of("x", input), y.name());
        assertArrayEquals(new long[] {2, 4}, expected.shape());
        assertEquals(expected, loaded.outputSingle(Map.of("x", input), y.name()));
    }

    @Test
    void compiledSameDiff() throws IOException {
        // example 9
        SameDiff graph = SameDiff.create();
        CompiledSameDiff compiled =
                CompiledSameDiff.of(
                        graph,
                        () -> {
                            SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 1, 22, 256);
                            SDVariable w =
                                    graph.var(
                                            "w", Nd4j.randn(DataType.FLOAT, 8, 1, 1, 25).muli(0.1));
                            SDVariable v =
                                    graph.var(
                                            "v", Nd4j.randn(DataType.FLOAT, 4, 8, 22, 1).muli(0.1));
                            SDVariable filtered =
                                    ConvOps.conv(x, w, null, ConvGeometry.ofKernel(1, 25));
                            SDVariable y =
                                    ConvOps.conv(filtered, v, null, ConvGeometry.ofKernel(22, 1))
                                            .mean(2, 3)
                                            .rename("y");
                            graph.loss()
                                    .softmaxCrossEntropy(
                                            "loss",
                                            graph.placeHolder("labels", DataType.FLOAT, -1, 4),
                                            y,
                                            null);
                        });
        graph.setTrainingConfig(
                TrainingConfig.builder()
                        .updater(new Adam(1e-3))
                        .dataSetFeatureMapping("x")
                        .dataSetLabelMapping("labels")
                        .build());
        INDArray epochs = Nd4j.randn(DataType.FLOAT, 16, 1, 22, 256);
        double loss =
                compiled.step(Map.of("x", epochs, "labels", Nd4j.ones(DataType.FLOAT, 16, 4)));
        INDArray logits = compiled.output(Map.of("x", epochs), "y").get("y");
        // end
        assertIn("samedif-ops/README.md", 9);
        assertTrue(loss > 0);
        assertTrue(logits.equalsWithEps(graph.outputSingle(Map.of("x", epochs), "y"), 1e-4));
    }

    @Test
    void trainingOnSpark(@TempDir Path temporary) throws IOException {
        JavaSparkContext context = LocalSpark.context();
        List<Row> table = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            List<Float> eeg = new ArrayList<>();
            for (float value : Nd4j.randn(DataType.FLOAT, 22 * 256).toFloatVector()) {
                eeg.add(value);
            }
            table.add(RowFactory.create(eeg, i % 4));
        }
        Dataset<Row> rows =
                SparkSession.builder()
                        .sparkContext(context.sc())
                        .getOrCreate()
                        .createDataFrame(
                                table,
                                new StructType()
                                        .add("eeg", DataTypes.createArrayType(DataTypes.FloatType))
                                        .add("class", DataTypes.IntegerType));
        MultiLayerNetwork network =
                EEGNet.builder().channels(22).samples(256).classes(4).build().init();
        String folder = temporary.resolve("prepared").toString();
        // example 5
        JavaRDD<DataSet> examples =
                ExampleRows.of(rows, "eeg", "class", 4, 1, 22, 256); // or of your own making
        PreparedBatches batches =
                PreparedBatches.write(examples, folder, 64, 1); // for example hdfs://HOST/prepared
        SparkTraining.builder(context).build().fit(network, batches, 20);
        Metrics metrics =
                SparkInference.evaluate(
                        network, batches.read(context), List.of("left", "right", "feet", "tongue"));
        // end
        assertIn("zoo/README.md", 5);
        assertEquals(8, metrics.examples());
        assertEquals(20, network.getIterationCount());
    }

    @Test
    void weights(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("original.safetensors");
        MultiLayerNetwork original =
                EEGNet.builder().preset(EEGNet.Preset.SELFEEG).seed(7).build().init();
        Weights.export(original, NameMaps.SELFEEG_EEGNET).write(file);
        // example 6
        MultiLayerNetwork net = EEGNet.builder().preset(EEGNet.Preset.SELFEEG).build().init();
        Weights.importInto(net, StateDict.read(file), NameMaps.SELFEEG_EEGNET);
        Weights.export(net, NameMaps.SELFEEG_EEGNET).write(folder.resolve("eegnet.npz"));
        BuiltInNetwork.of(net).save(folder.resolve("plain.zip").toFile());
        // end
        assertIn("zoo/README.md", 6);
        assertEquals(original.params(), net.params());
        assertEquals(21, StateDict.read(folder.resolve("eegnet.npz")).names().size());
        assertTrue(Files.exists(folder.resolve("plain.zip")));
    }

    @Test
    void modelsFromOthers(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("model.zip");
        MultiLayerNetwork saved =
                EEGNet.builder().channels(4).samples(64).classes(2).build().init();
        saved.params().putScalar(0, Double.NaN);
        saved.save(file.toFile());
        // example 7
        LoadOptions options =
                LoadOptions.defaults().withPackage("com.example.layers").withNonFinite();
        Model network = ModelFile.loadNetwork(file, options);
        // end
        assertIn("zoo/README.md", 7);
        assertEquals(saved.numParams(), network.numParams());
    }

    @Test
    void onnx(@TempDir Path folder) throws IOException {
        MultiLayerNetwork net =
                EEGNet.builder().channels(22).samples(256).classes(4).build().init();
        Path file = folder.resolve("model.onnx");
        // example 8
        Onnx.export(net, file, new OnnxOptions().inputTypes(InputType.convolutional(22, 256, 1)));
        // end
        assertIn("zoo/README.md", 8);
        INDArray x = Nd4j.randn(DataType.FLOAT, 3, 1, 22, 256);
        try (OnnxRuntime onnx = OnnxRuntime.of(Files.readAllBytes(file))) {
            onnx.check("EEGNet", net.output(x), x);
        }
    }

    @Test
    void keras(@TempDir Path folder) throws IOException {
        MultiLayerNetwork net = EEGNet.builder().channels(22).samples(256).build().init();
        Path file = folder.resolve("model.keras");
        Keras.write(net, file, InputType.convolutional(22, 256, 1));
        // example 10
        Model network = Keras.read(file, new KerasOptions().function("square", "square"));
        Keras.write(network, folder.resolve("again.keras"), InputType.convolutional(22, 256, 1));
        // end
        assertIn("zoo/README.md", 10);
        assertEquals(net.params(), network.params());
    }

    /** The root's README is an introduction; each fact stands in one of the others. */
    @Test
    void isShort() throws IOException {
        assertTrue(file("README.md").getBytes(StandardCharsets.UTF_8).length <= 7 * 1024);
    }

    /**
     * The dependency of one's own project and the jar for spark-submit are those that are built.
     */
    @Test
    void namesTheVersion() throws IOException {
        String version = file("pom.xml").split("</?version>")[1];
        List<String> named =
                Pattern.compile("lamina-zoo(?:-|</artifactId>[^\\n]*\\s*<version>)(\\d[\\d.]*\\d)")
                        .matcher(file("README.md") + file("zoo/README.md"))
                        .results()
                        .map(match -> match.group(1))
                        .toList();
        assertEquals(List.of(version, version), named);
    }

    private static String file(String name) throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("README.md"))) {
            root = root.getParent();
        }
        return Files.readString(root.resolve(name));
    }

    private static void assertIn(String document, int example) throws IOException {
        String source = file("src-test/src/test/java/org/lamina/ReadmeTest.java");
        String code = source.split("// example " + example + "\n")[1].split("// end")[0];
        assertTrue(
                file(document).replaceAll("\\s+", "").contains(code.replaceAll("\\s+", "")),
                document + " does not hold example " + example);
    }
}
