package org.lamina.zoo.modelfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.commons.lang3.SerializationUtils;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.training.TrainingFixtures;
import org.lamina.zoo.training.TrainingState;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerMinMaxScaler;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerSerializer;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** A model file is data: what DL4J writes is read, and nothing that is anything else. */
class StoredNetworkTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;
    private Path file;
    private Map<String, byte[]> entries;

    @BeforeEach
    void save() throws IOException {
        file = folder.resolve("model.zip");
        ModelFile model =
                TrainingFixtures.model(
                        TrainingFixtures.network(5),
                        ChannelStandardizer.of(TrainingFixtures.epochs(6, 1)));
        new Checkpoint(model, TrainingState.start(), 7).save(file);
        entries = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
            for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                entries.put(e.getName(), zip.readAllBytes());
            }
        }
    }

    private void write(String... more) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
            for (String name : more) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(0);
            }
        }
    }

    private void assertRefused(String reason, String... more) throws IOException {
        write(more);
        String message =
                assertTimeout(
                        Duration.ofSeconds(5),
                        () ->
                                assertThrows(ModelFileException.class, () -> Checkpoint.load(file))
                                        .getMessage());
        assertTrue(message.startsWith(file + ": "), message);
        assertTrue(message.contains(reason), message);
        assertFalse(message.contains("null") || message.contains("\n"), message);
    }

    private void edit(String entry, Consumer<JsonNode> change) throws IOException {
        JsonNode tree = JSON.readTree(entries.get(entry));
        change.accept(tree);
        entries.put(entry, JSON.writeValueAsBytes(tree));
    }

    private void editLayer(int index, Consumer<ObjectNode> change) throws IOException {
        edit(
                ModelSerializer.CONFIGURATION_JSON,
                tree -> change.accept((ObjectNode) tree.at("/confs/" + index + "/layer")));
    }

    /** Everything that DL4J configures by class: distribution, weights of a loss, dropout, ... */
    private static NeuralNetConfiguration.Builder settings(DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(-1L >>> 1)
                .dataType(type)
                .updater(new Adam(1e-2))
                .l2(1e-4)
                .weightInit(new NormalDistribution(0, 0.1))
                .activation(Activation.TANH);
    }

    private static DenseLayer dense() {
        return new DenseLayer.Builder().nIn(3).nOut(4).dropOut(0.9).build();
    }

    private static BatchNormalization norm() {
        return new BatchNormalization.Builder().nIn(4).nOut(4).useLogStd(true).build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(new LossMCXENT(Nd4j.createFromArray(1f, 2f)))
                .nIn(4)
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .build();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE", "HALF"})
    void filesOfDl4jAreReadWhole(DataType type) throws IOException {
        MultiLayerNetwork layers =
                new MultiLayerNetwork(
                        settings(type).list().layer(dense()).layer(norm()).layer(output()).build());
        layers.init();
        ComputationGraph graph =
                new ComputationGraph(
                        settings(type)
                                .graphBuilder()
                                .addInputs("in")
                                .addLayer("dense", dense(), "in")
                                .addLayer("norm", norm(), "dense")
                                .addLayer("out", output(), "norm")
                                .setOutputs("out")
                                .setInputTypes(InputType.feedForward(3))
                                .build());
        graph.init();
        INDArray x = Nd4j.rand(DataType.FLOAT, 5, 3).castTo(type);
        INDArray y = Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}, {1, 0}, {0, 1}, {0, 1}});
        for (Model network : List.of(layers, graph)) {
            if (type == DataType.FLOAT || type == DataType.DOUBLE) {
                Networks.fit(network, x, y.castTo(type));
            }
            ModelSerializer.writeModel(network, file.toFile(), true);
            Model loaded = ModelFile.loadNetwork(file);
            assertEquals(network.params(), loaded.params());
            assertEquals(type, loaded.params().dataType());
            assertEquals(state(network), state(loaded));
            assertEquals(configuration(network), configuration(loaded));
            assertEquals(Networks.output(network, x.dup()), Networks.output(loaded, x.dup()));
        }
    }

    private static INDArray state(Model network) {
        return network instanceof ComputationGraph graph
                ? graph.getUpdater().getStateViewArray()
                : ((MultiLayerNetwork) network).getUpdater().getStateViewArray();
    }

    private static Object configuration(Model network) {
        return network instanceof ComputationGraph graph
                ? graph.getConfiguration()
                : ((MultiLayerNetwork) network).getLayerWiseConfigurations();
    }

    @Test
    void normalizersOfNd4jAreRead() throws IOException {
        NormalizerStandardize standardize =
                new NormalizerStandardize(
                        Nd4j.createFromArray(1f, 2f).reshape(1, 2),
                        Nd4j.createFromArray(3f, 4f).reshape(1, 2));
        standardize.fitLabel(true);
        standardize.setLabelStats(Nd4j.ones(1, 2), Nd4j.ones(1, 2).mul(2));
        NormalizerMinMaxScaler scaler = new NormalizerMinMaxScaler(-1, 3);
        scaler.setFeatureStats(Nd4j.zeros(1, 2), Nd4j.ones(1, 2));
        for (DataNormalization normalizer :
                List.of(standardize, scaler, new ImagePreProcessingScaler(-1, 1))) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            NormalizerSerializer.getDefault().write(normalizer, bytes);
            DataNormalization read =
                    StoredNormalizer.read(bytes.toByteArray(), LoadOptions.defaults());
            assertEquals(normalizer, read);
        }
    }

    /** Whatever bit of an array's description is changed, it is refused or means the same. */
    @Test
    void noDescriptionOfAnArrayIsBelieved() throws IOException {
        for (INDArray array :
                List.of(
                        Nd4j.rand(DataType.FLOAT, 1, 7),
                        Nd4j.rand(DataType.DOUBLE, 5),
                        Nd4j.rand(DataType.FLOAT, 3).castTo(DataType.BFLOAT16),
                        Nd4j.rand(DataType.FLOAT, 3, 4).dup('f'))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Nd4j.write(array, new DataOutputStream(out));
            byte[] bytes = out.toByteArray();
            assertEquals(array, StoredArray.only(bytes, LoadOptions.defaults()));
            int header = bytes.length - (int) array.length() * array.dataType().width();
            for (int bit = 0; bit < 8 * header; bit++) {
                byte[] changed = bytes.clone();
                changed[bit / 8] ^= (byte) (1 << bit % 8);
                try {
                    assertEquals(array, StoredArray.only(changed, LoadOptions.defaults()));
                } catch (IOException expected) {
                    assertFalse(expected.getMessage().isBlank());
                }
            }
            for (int length = 0; length < bytes.length; length++) {
                ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length);
                assertThrows(
                        IOException.class, () -> StoredArray.read(cut, LoadOptions.defaults()));
            }
        }
    }

    @Test
    void entriesAreThoseThatAreKnown() throws IOException {
        assertEquals(7, Checkpoint.load(file).fingerprint());
        entries.put("preprocessor.bin", SerializationUtils.serialize("object"));
        assertRefused("unexpected entry 'preprocessor.bin'");
        entries.remove("preprocessor.bin");
        assertRefused("unexpected entry '../../x'", "../../x");
        for (String name : List.copyOf(entries.keySet())) {
            byte[] content = entries.remove(name);
            assertRefused("");
            entries.put(name, content);
        }
        write("lamina.jsoM");
        String twice = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.writeString(file, twice.replace("jsoM", "json"), StandardCharsets.ISO_8859_1);
        String message =
                assertThrows(ModelFileException.class, () -> Checkpoint.load(file)).getMessage();
        assertTrue(message.contains("two entries 'lamina.json'"), message);
        write();
        byte[] all = Files.readAllBytes(file);
        for (int length = 0; length < all.length; length += 97) {
            Files.write(file, java.util.Arrays.copyOf(all, length));
            assertThrows(ModelFileException.class, () -> Checkpoint.load(file));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "com.example.Halving",
                "[Lcom.example.Halving;",
                "org.deeplearning4j.nn.conf.layers.DenseLayer<com.example.Halving>",
                "org.nd4j.shade.jackson.databind.ObjectMapper"
            })
    void onlyClassesOfKnownPackagesAreLoaded(String name) throws IOException {
        System.clearProperty("com.example.initialized");
        byte[] original = entries.get(ModelSerializer.CONFIGURATION_JSON);
        List<Consumer<ObjectNode>> places =
                List.of(
                        layer -> layer.put("@class", name),
                        layer -> layer.putObject("activationFn").put("@class", name),
                        layer -> layer.putArray("activationFn").add(name).addObject(),
                        layer -> layer.putObject("iupdater").put("@class", name),
                        layer ->
                                layer.putObject("weightInitFn")
                                        .put(
                                                "@class",
                                                "org.deeplearning4j.nn.weights.WeightInitDistribution")
                                        .putObject("distribution")
                                        .put("type", name),
                        // DL4J still reads the fields of old versions, by a reader of its own.
                        layer -> {
                            layer.putNull("weightInitFn");
                            layer.put("weightInit", "DISTRIBUTION");
                            layer.putObject("dist").put("type", name);
                        });
        for (Consumer<ObjectNode> place : places) {
            entries.put(ModelSerializer.CONFIGURATION_JSON, original);
            editLayer(0, place);
            write();
            try {
                Checkpoint.load(file);
            } catch (ModelFileException refused) {
                assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
            }
            assertNull(System.getProperty("com.example.initialized"));
        }
        entries.put(ModelSerializer.CONFIGURATION_JSON, original);
        editLayer(0, places.get(0));
        assertRefused("names the class " + name.replaceAll(".*<|>", ""));
    }

    @Test
    void aCallerCanAllowAPackage() throws IOException {
        editLayer(0, layer -> layer.putObject("activationFn").put("@class", "com.example.Halving"));
        assertRefused("LoadOptions.withPackage allows more");
        LoadOptions options = LoadOptions.defaults().withPackage("com.example");
        assertEquals(7, Checkpoint.load(file, options).fingerprint());
        assertEquals(
                ModelFile.loadNetwork(file, options).params(),
                ModelFile.load(file, options).network().params());
        LoadOptions other = LoadOptions.defaults().withPackage("com.exam");
        assertThrows(ModelFileException.class, () -> Checkpoint.load(file, other));
    }

    @Test
    void normalizersNameNoClass() throws IOException {
        byte[] own = entries.get(ModelSerializer.NORMALIZER_BIN);
        String strategy = ChannelStandardizer.Strategy.class.getName();
        String text = new String(own, StandardCharsets.ISO_8859_1);
        String other = "java.util.Timer";
        text =
                text.replace(
                        "\0" + (char) strategy.length() + strategy,
                        "\0" + (char) other.length() + other);
        entries.put(ModelSerializer.NORMALIZER_BIN, text.getBytes(StandardCharsets.ISO_8859_1));
        assertRefused("a normalizer of the class java.util.Timer");
    }

    @Test
    void sizesAreThoseOfTheFile() throws IOException {
        byte[] original = entries.get(ModelSerializer.CONFIGURATION_JSON);
        for (long size : new long[] {5, 100_000, Integer.MAX_VALUE, 1L << 31, 1L << 62, -4}) {
            editLayer(0, layer -> layer.put("nout", size));
            assertRefused("");
            entries.put(ModelSerializer.CONFIGURATION_JSON, original);
        }
        // 2^16 * 2^16 * 2^16 * 2^16 weights are 0 of 64 bits; the biases are the parameters.
        editLayer(
                0,
                layer -> {
                    layer.put("nin", 1 << 16).put("nout", 1 << 16);
                    layer.putArray("kernelSize").add(1 << 16).add(1 << 16);
                });
        assertRefused("");
        String deep = "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000);
        entries.put(ModelSerializer.CONFIGURATION_JSON, deep.getBytes(StandardCharsets.US_ASCII));
        assertRefused("nested too deeply");
        entries.put(ModelSerializer.CONFIGURATION_JSON, new byte[17 << 20]);
        assertRefused("unpacks to more than 16 MiB in configuration.json");
    }

    @Test
    void aNumberThatIsMissingIsNotZero() throws IOException {
        byte[] original = entries.get("lamina.json");
        for (String field : List.of("low", "high", "tmin", "tmax")) {
            edit("lamina.json", tree -> ((ObjectNode) tree.get("epoching")).remove(field));
            assertRefused("lamina.json: 'epoching." + field + "' is missing or wrong");
            entries.put("lamina.json", original);
        }
        for (String field : List.of("samplingRate", "samples", "channels", "epoching", "classes")) {
            edit("lamina.json", tree -> ((ObjectNode) tree).remove(field));
            assertRefused("lamina.json: '" + field + "' is missing");
            entries.put("lamina.json", original);
        }
    }

    @Test
    void weightsAreNumbersUnlessAskedFor() throws IOException {
        byte[] parameters = entries.get(ModelSerializer.COEFFICIENTS_BIN);
        ByteBuffer.wrap(parameters).putFloat(parameters.length - 4, Float.NaN);
        assertRefused("coefficients.bin: value");
        LoadOptions options = LoadOptions.defaults().withNonFinite();
        INDArray loaded = ModelFile.load(file, options).network().params();
        assertTrue(Double.isNaN(loaded.getDouble(loaded.length() - 1)));
        assertThrows(ModelFileException.class, () -> ModelFile.loadNetwork(file));
    }

    @Test
    void aCheckpointHasTheUpdatersState() throws IOException {
        byte[] state = entries.remove(ModelSerializer.UPDATER_BIN);
        assertRefused("updaterState.bin, the state of the updater");
        entries.put(ModelSerializer.UPDATER_BIN, entries.get(ModelSerializer.COEFFICIENTS_BIN));
        assertRefused("updaterState.bin has ");
        entries.put(ModelSerializer.UPDATER_BIN, state);
        entries.put("best.bin", state);
        assertRefused("best.bin has ");
    }

    /** What progress would print in the middle of a training. */
    @Test
    void aCheckpointsHistoryIsWhole() throws IOException {
        edit(
                "training.json",
                tree ->
                        ((ArrayNode) tree.at("/state/history/epochs"))
                                .addObject()
                                .put("number", 1)
                                .put("loss", 1)
                                .put("trainAccuracy", 1)
                                .put("validationLoss", 1)
                                .put("seconds", 1));
        assertRefused("one of validation loss and accuracy");
        edit("training.json", tree -> ((ObjectNode) tree).remove("state"));
        assertRefused("training.json does not say where training stands");
    }
}
