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

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void wrongEpsIsRefused(double eps) {
        String message =
                assertThrows(IllegalArgumentException.class, () -> new SafeLog(eps)).getMessage();
        assertTrue(message.contains("eps = " + eps), message);
    }

    @Test
    void surviveJson() {
        for (IActivation function : new IActivation[] {new Square(), new SafeLog(EPS)}) {
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
