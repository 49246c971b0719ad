package org.lamina.activations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@link Square} and {@link SafeLog}. */
class LogVarianceTest {

    private static final double EPS = 0.25;
    private static final double[] X = {-3, 0, 0.1, EPS, 2};

    private static void assertRow(double[] expected, INDArray actual) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual.getDouble(0, i), 1e-6, "element " + i);
        }
    }

    private static void check(IActivation function, double[] values, double[] derivatives) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            INDArray x = Nd4j.createFromArray(new double[][] {X}).castTo(type);
            INDArray epsilon = Nd4j.valueArrayOf(new long[] {1, X.length}, 3.0, type);
            INDArray gradient = function.backprop(x, epsilon).getFirst();
            assertRow(derivatives, gradient.div(3));
            assertRow(X, x);
            assertEquals(3.0 * X.length, epsilon.sumNumber().doubleValue());
            INDArray y = function.getActivation(x, false);
            assertRow(values, y);
            assertRow(values, x);
        }
    }

    @Test
    void squares() {
        check(new Square(), new double[] {9, 0, 0.01, 0.0625, 4}, new double[] {-6, 0, 0.2, .5, 4});
    }

    @Test
    void logarithmStopsAtEps() {
        double low = Math.log(EPS);
        check(
                new SafeLog(EPS),
                new double[] {low, low, low, low, Math.log(2)},
                new double[] {0, 0, 0, 4, 0.5});
    }

    @Test
    void logarithmStopsAtBothLimits() {
        double low = Math.log(EPS);
        check(
                new SafeLog(EPS, 1.5),
                new double[] {low, low, low, low, Math.log(1.5)},
                new double[] {0, 0, 0, 4, 0});
        check(
                new SafeLog(0.05, 2.0),
                new double[] {Math.log(0.05), Math.log(0.05), Math.log(0.1), low, Math.log(2)},
                new double[] {0, 0, 10, 4, 0.5});
    }

    @Test
    void maxBelowEpsIsRefused() {
        String message =
                assertThrows(IllegalArgumentException.class, () -> new SafeLog(EPS, EPS))
                        .getMessage();
        assertTrue(message.contains("max = 0.25; must be above eps = 0.25"), message);
    }

    /** As they were saved before there was an upper limit. */
    @Test
    void readsFilesWithoutALimit() {
        String json =
                new NeuralNetConfiguration.Builder()
                        .list()
                        .layer(new ActivationLayer(new SafeLog(EPS)))
                        .build()
                        .toJson();
        String older = json.replaceAll(",\\s*\"max\"\\s*:\\s*\"?Infinity\"?", "");
        assertTrue(older.length() < json.length(), json);
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(older);
        assertEquals(
                new SafeLog(EPS), ((ActivationLayer) read.getConf(0).getLayer()).getActivationFn());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void wrongEpsIsRefused(double eps) {
        String message =
                assertThrows(IllegalArgumentException.class, () -> new SafeLog(eps)).getMessage();
        assertTrue(message.contains("eps = " + eps), message);
    }

    @Test
    void surviveJson() {
        for (IActivation function :
                new IActivation[] {new Square(), new SafeLog(EPS), new SafeLog(EPS, 1e4)}) {
            MultiLayerConfiguration conf =
                    new NeuralNetConfiguration.Builder()
                            .list()
                            .layer(new ActivationLayer(function))
                            .build();
            MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(conf.toJson());
            assertEquals(conf, read);
            assertEquals(
                    function, ((ActivationLayer) read.getConf(0).getLayer()).getActivationFn());
        }
    }
}
