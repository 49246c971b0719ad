package org.lamina.zoo.keras;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.harness.Close;
import org.lamina.harness.KerasRoundTrip;
import org.lamina.harness.Nets;
import org.lamina.harness.OnnxRuntime;
import org.lamina.layers.SqueezeExcitation;
import org.lamina.zoo.network.NetworkGraph;
import org.lamina.zoo.onnx.OnnxOptions;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Models that Keras itself has saved; {@code keras/models.py} makes them. */
class KerasTest {

    @TempDir Path folder;

    static Path resource(String name) throws Exception {
        return Path.of(KerasTest.class.getResource("/keras/" + name).toURI());
    }

    static KerasOptions options() {
        return KerasRoundTrip.options().function("power", "square").function("logarithm", "log");
    }

    static INDArray[] outputs(Model network, INDArray x) {
        return network instanceof ComputationGraph graph
                ? graph.output(x)
                : new INDArray[] {((MultiLayerNetwork) network).output(x)};
    }

    /**
     * @param axes those of the input as the network takes it, channels first
     */
    @ParameterizedTest
    @CsvSource({
        "eegnet, 0312, true",
        "ssvep, 0312, true",
        "deep, 0312, true",
        "shallow, 0312, true",
        "lambda, 0312, true",
        "old, 0312, true",
        "series, 021, true",
        "images, 0312, false",
        "shapes, 012, false",
        "first, 0123, false"
    })
    void equalsKeras(String name, String axes, boolean chain) throws Exception {
        Map<String, INDArray> arrays = Nd4j.createFromNpzFile(resource(name + ".npz").toFile());
        INDArray x = arrays.get("x").permute(axes.chars().map(c -> c - '0').toArray()).dup('c');
        for (String type :
                name.equals("lambda") ? new String[] {"keras"} : new String[] {"h5", "keras"}) {
            Model network = Keras.read(resource(name + "." + type), options());
            assertTrue(chain == network instanceof MultiLayerNetwork);
            // ND4J rounds slopes of leaky rectifiers to float.
            INDArray[] outputs = outputs(network, x);
            for (int i = 0; i < outputs.length; i++) {
                INDArray expected = arrays.get("y" + i);
                expected = expected.rank() == 3 ? expected.permute(0, 2, 1) : expected;
                assertArrayEquals(expected.shape(), outputs[i].shape(), name);
                double error = expected.sub(outputs[i]).amaxNumber().doubleValue();
                double largest = expected.amaxNumber().doubleValue();
                assertTrue(error < 2e-9 * largest, name + "." + type + ": " + error);
            }
            assertTrue(KerasRoundTrip.possible(new Close(0, 1e-12), network, x), "written again");
        }
    }

    /** Models that TensorFlow.js has made and computed, in float; {@code keras/models.js}. */
    @ParameterizedTest
    @CsvSource({"decoder, 0312", "nested, 021"})
    void equalsTensorFlowJs(String name, String axes) throws Exception {
        Map<String, INDArray> arrays = Nd4j.createFromNpzFile(resource(name + ".npz").toFile());
        INDArray x = arrays.get("x").permute(axes.chars().map(c -> c - '0').toArray()).dup('c');
        Model network = Keras.read(resource(name + ".h5"));
        INDArray y = KerasRoundTrip.outputs(network, x)[0];
        INDArray expected = arrays.get("y0");
        expected = expected.rank() == 4 ? expected.permute(0, 3, 1, 2) : expected;
        assertArrayEquals(expected.shape(), y.shape());
        assertEquals(0, expected.sub(y).amaxNumber().doubleValue(), 2e-6);
        // Written as one model, without what was a model within it.
        assertTrue(KerasRoundTrip.possible(Close.EXACT, network, x));
    }

    /** Models within models as Keras 3 stores them. */
    @Test
    void nestedInArchive() throws Exception {
        INDArray x = Nd4j.rand(DataType.FLOAT, 2, 3, 12);
        INDArray expected = KerasRoundTrip.outputs(Keras.read(resource("nested.h5")), x)[0];
        Model again = Keras.read(resource("nested.keras"));
        Close.EXACT.check("nested", KerasRoundTrip.outputs(again, x)[0], expected);
    }

    /** A factor for each channel, as of squeeze and excitation, is repeated along space. */
    @Test
    void factorsOfChannels() throws Exception {
        for (boolean images : new boolean[] {false, true}) {
            InputType type = images ? InputType.convolutional(3, 2, 4) : InputType.recurrent(4, 6);
            SqueezeExcitation gates = new SqueezeExcitation.Builder().hidden(3).scale(2).build();
            MultiLayerNetwork network = Nets.single(gates, type, DataType.FLOAT);
            INDArray x =
                    images
                            ? Nd4j.randn(DataType.FLOAT, 2, 4, 3, 2)
                            : Nd4j.randn(DataType.FLOAT, 2, 4, 6);
            Path file = folder.resolve("gates.keras");
            Keras.write(network, file, type);
            INDArray y = network.output(x.dup());
            INDArray again = KerasRoundTrip.outputs(Keras.read(file), x)[0];
            assertEquals(0, y.sub(again).amaxNumber().doubleValue(), 1e-6);
        }
    }

    /** What was read, written for ONNX Runtime: also the axes that Keras's layers move. */
    @ParameterizedTest
    @CsvSource({"old, 0312", "series, 021", "images, 0312", "shapes, 012", "first, 0123"})
    void runsInOnnxRuntime(String name, String axes) throws Exception {
        INDArray x = Nd4j.createFromNpzFile(resource(name + ".npz").toFile()).get("x");
        x = x.permute(axes.chars().map(c -> c - '0').toArray()).dup('c');
        Model network = Keras.read(resource(name + ".keras"), options());
        InputType type = Rearrangement.inputType(Arrays.copyOfRange(x.shape(), 1, x.rank()));
        INDArray y = outputs(network, x)[0];
        try (OnnxRuntime onnx = OnnxRuntime.of(network, new OnnxOptions().inputTypes(type))) {
            onnx.check("models read from Keras", y, x);
            INDArray one = x.get(NDArrayIndex.interval(0, 1));
            onnx.check("models read from Keras", y.get(NDArrayIndex.interval(0, 1)), one);
        }
    }

    /** The weights that Keras's own constraints make of those of the file. */
    @ParameterizedTest
    @CsvSource({"eegnet, 2", "deep, 5", "shallow, 3", "series, 5", "first, 1"})
    void constraints(String name, int count) throws Exception {
        Map<String, INDArray> arrays = Nd4j.createFromNpzFile(resource(name + ".npz").toFile());
        Model network = Keras.read(resource(name + ".h5"), options());
        for (Layer layer :
                network instanceof ComputationGraph graph
                        ? graph.getLayers()
                        : ((MultiLayerNetwork) network).getLayers()) {
            if (layer.conf().getLayer().getConstraints() != null) {
                layer.applyConstraints(0, 0);
            }
        }
        int checked = 0;
        for (NetworkGraph.Vertex vertex : NetworkGraph.of(network).vertices()) {
            int i = 0;
            for (INDArray actual : vertex.params().values()) {
                INDArray expected = arrays.get(vertex.name() + "." + i++);
                if (expected != null) {
                    // Sorted: layouts are what the outputs test.
                    double[] a = sorted(actual);
                    double[] e = sorted(expected);
                    assertArrayEquals(e, a, 1e-12, vertex.name());
                    checked++;
                }
            }
        }
        assertEquals(count, checked);
    }

    static double[] sorted(INDArray values) {
        double[] sorted = values.dup('c').data().asDouble();
        Arrays.sort(sorted);
        return sorted;
    }

    /** A change to a model's configuration, and what is said of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "eegnet|\"padding\":\"same\"|\"padding\":\"full\"|(Conv2D): padding = 'full'",
                "eegnet|\"AveragePooling2D\"|\"LayerNormalization\"|layers of this class are not",
                "eegnet|\"BatchNormalization\"|\"GroupNormalization\"|groups = 32; only as many as",
                "eegnet|\"synchronized\":false|\"rotation\":2|the argument rotation = 2 is not",
                "eegnet|\"activity_regularizer\":null|\"activity_regularizer\":{\"l2\":1}|activity_reg",
                "eegnet|\"groups\":1|\"groups\":2|groups = 2 of 1 channels and 3 filters",
                "eegnet|\"axis\":0|\"axis\":2|separates input channels from their filters",
                "eegnet|\"axis\":0|\"axis\":4|axis = 4; the parameter has 4 axes",
                "eegnet|\"MaxNorm\"|\"RadialConstraint\"|depthwise_constraint RadialConstraint is",
                "eegnet|\"filters\":3|\"filters\":4|where kernel [1, 15, 1, 4] should be",
                "eegnet|\"scale\":true|\"scale\":false|moving_variance has a value below 0",
                "eegnet|\"Functional\"|\"Subclass\"|model of class 'Subclass'",
                "eegnet|\"elu\"|\"custom\"|the function 'custom' is not one of Keras's",
                "eegnet|\"elu\"|\"hard_sigmoid\"|hard_sigmoid of Keras 3",
                "eegnet|\"pool_size\":[1,4]|\"pool_size\":[1,400]|windows of 400 do not fit",
                "lambda|\"power\"|\"exponent\"|layer \"exponent\" (Lambda): its code is not run",
                "images|\"interpolation\":\"nearest\"|\"interpolation\":\"area\"|interpolation ="
                        + " 'area'",
                "images|\"shared_axes\":[1,2]|\"shared_axes\":[1]|only one slope for each channel",
                "shapes|\"target_shape\":[6,8,1]|\"target_shape\":[6,9,1]|does not fit [6, 8]"
            })
    void refused(String name, String from, String to, String message) throws Exception {
        Path file = folder.resolve(name + ".keras");
        try (ZipInputStream in =
                        new ZipInputStream(
                                Files.newInputStream(resource(file.getFileName().toString())));
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (ZipEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(e.getName()));
                byte[] bytes = in.readAllBytes();
                if (e.getName().equals("config.json")) {
                    String text = new String(bytes, UTF_8).replaceAll("([:,]) ", "$1");
                    assertTrue(text.contains(from), from);
                    bytes = text.replace(from, to).getBytes(UTF_8);
                }
                out.write(bytes);
            }
        }
        KerasOptions options = new KerasOptions().function("logarithm", "log");
        WeightsException e = assertThrows(WeightsException.class, () -> Keras.read(file, options));
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    }

    /** Constraints hold after an update, as in Keras. */
    @Test
    void trains() throws Exception {
        MultiLayerNetwork network =
                (MultiLayerNetwork) Keras.read(resource("eegnet.keras"), options());
        INDArray filters = network.getLayer("depthwise_conv2d").getParam("W");
        assertTrue(filters.norm2(1, 2, 3).maxNumber().doubleValue() > 1.1);
        INDArray y = Nd4j.eye(3).castTo(DataType.DOUBLE);
        network.fit(Nd4j.rand(DataType.DOUBLE, 3, 1, 4, 64), y);
        assertTrue(filters.norm2(1, 2, 3).maxNumber().doubleValue() < 1 + 1e-9);
        assertTrue(Double.isFinite(network.score()));
    }
}
