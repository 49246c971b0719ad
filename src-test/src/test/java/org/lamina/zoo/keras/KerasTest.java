package org.lamina.zoo.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Models that Keras itself has saved; {@code keras/models.py} makes them. */
class KerasTest {

    static Path resource(String name) throws Exception {
        return Path.of(KerasTest.class.getResource("/keras/" + name).toURI());
    }

    static KerasOptions options() {
        return new KerasOptions()
                .function("square", "square")
                .function("log", "log")
                .function("power", "square")
                .function("logarithm", "log");
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
        }
    }
}
