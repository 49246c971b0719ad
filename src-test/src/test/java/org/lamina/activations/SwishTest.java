package org.lamina.activations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.LEARNABLE_BETA;

import java.util.Arrays;
import java.util.Random;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.Gradients;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SwishTest {

    private static final double[] X = {-1e5, -1000, -90, -20, -1, -1e-3, 0, 0.5, 3, 90, 1000, 1e5};

    private static double value(double x, double beta) {
        return x / (1 + Math.exp(-beta * x));
    }

    private static double slope(double x, double beta) {
        double s = 1 / (1 + Math.exp(-beta * x));
        return s * (1 + beta * x * (1 - s));
    }

    private static INDArray array(DataType type, double... values) {
        return Nd4j.createFromArray(values).castTo(type);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void isExactFarFromZero(DataType type) {
        for (double beta : new double[] {1, 0.5, -2, 0}) {
            Swish swish = new Swish(beta);
            INDArray y = swish.getActivation(array(type, X), false);
            INDArray dx = swish.backprop(array(type, X), array(type, X).assign(1)).getFirst();
            double relative = type == DataType.DOUBLE ? 1e-12 : 1e-5;
            for (int i = 0; i < X.length; i++) {
                double expected = value(X[i], beta);
                assertEquals(expected, y.getDouble(i), relative * Math.max(1, Math.abs(expected)));
                double gradient = slope(X[i], beta);
                assertEquals(gradient, dx.getDouble(i), relative * Math.max(1, Math.abs(gradient)));
            }
        }
        assertTrue(new Swish().getActivation(array(type, -1e5), false).getDouble(0) == 0);
        assertTrue(
                new Swish().backprop(array(type, -1e5), array(type, 1)).getFirst().getDouble(0)
                        == 0);
    }

    /** Both signs, from the smallest numbers to where the gate is 0 or 1, any length. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void isTheFormulaOfDoublePrecision(DataType type) {
        Random random = new Random(7);
        Close close = type == DataType.DOUBLE ? new Close(1e-12, 1e-15) : new Close(2e-6, 2e-6);
        for (int length : new int[] {1, 7, 16, 1000, 65_537}) {
            double beta = length == 16 ? -0.7 : 1;
            double[] x = new double[length];
            for (int i = 0; i < length; i++) {
                x[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(10) - 6));
            }
            INDArray dy = Nd4j.randn(DataType.FLOAT, length).castTo(type);
            double[] y = Arrays.stream(x).map(v -> value(v, beta)).toArray();
            double[] dx = new double[length];
            for (int i = 0; i < length; i++) {
                dx[i] = slope(x[i], beta) * dy.getDouble(i);
            }
            Swish swish = new Swish(beta);
            close.check("y", swish.getActivation(array(type, x), true), array(type, y));
            close.check("dx", swish.backprop(array(type, x), dy).getFirst(), array(type, dx));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void keepsWhatIsNotANumber(DataType type) {
        double[] x = {1, Double.NaN, -3, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 2};
        INDArray y = new Swish().getActivation(array(type, x), true);
        INDArray dx = new Swish().backprop(array(type, x), array(type, x).assign(1)).getFirst();
        INDArray byNaN =
                new Swish().backprop(array(type, 1, 2), array(type, Double.NaN, 1)).getFirst();
        assertTrue(Double.isNaN(y.getDouble(1)) && Double.isNaN(dx.getDouble(1)));
        assertEquals(Double.POSITIVE_INFINITY, y.getDouble(3));
        assertTrue(Double.isNaN(y.getDouble(4)), "-infinity * 0, as in PyTorch: " + y);
        for (int i : new int[] {0, 2, 5}) {
            assertEquals(value(x[i], 1), y.getDouble(i), 1e-6);
            assertEquals(slope(x[i], 1), dx.getDouble(i), 1e-6);
        }
        assertTrue(Double.isNaN(byNaN.getDouble(0)));
        assertEquals(slope(2, 1), byNaN.getDouble(1), 1e-6);
    }

    /** Fails once ND4J is mended. */
    @Test
    void dl4jsGradientIsNotANumberAtLargeInput() {
        INDArray gradient =
                new ActivationSwish()
                        .backprop(array(DataType.FLOAT, 100), array(DataType.FLOAT, 1))
                        .getFirst();
        assertTrue(Double.isNaN(gradient.getDouble(0)), "" + gradient);
    }

    @Test
    void backpropLeavesItsArraysAlone() {
        for (IActivation function :
                new IActivation[] {
                    new Swish(), new Gelu(), new GeluTanh(), new ScaledActivation(new Swish(), 2)
                }) {
            INDArray x = array(DataType.DOUBLE, X);
            INDArray epsilon = array(DataType.DOUBLE, X).addi(1);
            function.backprop(x, epsilon);
            assertEquals(array(DataType.DOUBLE, X), x);
            assertEquals(array(DataType.DOUBLE, X).addi(1), epsilon);
        }
    }

    @Test
    void theLayersLeaveTheirInputAlone() {
        for (Form form : Form.values()) {
            for (boolean learnable : new boolean[] {false, true}) {
                MultiLayerNetwork net =
                        Nets.single(
                                LayerBuilder.of(form, "SwishLayer")
                                        .set(LEARNABLE_BETA, learnable)
                                        .build(),
                                InputType.feedForward(X.length),
                                DataType.DOUBLE);
                INDArray x = array(DataType.DOUBLE, X).reshape(1, X.length);
                INDArray given = x.dup();
                net.output(x);
                Nets.pass(net, x, x.dup());
                assertEquals(given, x);
            }
        }
    }

    /** DL4J's LSTM drops what getActivation returns and uses the array that it gave. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void worksInAnLstm(boolean scaled) {
        IActivation function = scaled ? new ScaledActivation(new Swish(), 1.5) : new Swish(0.7);
        INDArray z = array(DataType.DOUBLE, 0.3);
        assertSame(z, function.getActivation(z, true));
        MultiLayerNetwork net =
                Nets.single(
                        new LSTM.Builder().nOut(3).activation(function).build(),
                        InputType.recurrent(2, 4),
                        DataType.DOUBLE);
        INDArray x = Nd4j.rand(DataType.DOUBLE, 2, 2, 4);
        Gradients.check(net, x, null, Nd4j.rand(DataType.DOUBLE, 2, 3, 4));
    }

    @Test
    void survivesJsonAndYaml() {
        for (IActivation function :
                new IActivation[] {
                    new Swish(),
                    new Swish(-0.25),
                    new Gelu(),
                    new GeluTanh(),
                    ScaledActivation.unitVariance(new Gelu()),
                    new ScaledActivation(new Swish(2), 3)
                }) {
            MultiLayerConfiguration conf =
                    new NeuralNetConfiguration.Builder()
                            .list()
                            .layer(new ActivationLayer(function))
                            .build();
            for (MultiLayerConfiguration read :
                    new MultiLayerConfiguration[] {
                        MultiLayerConfiguration.fromJson(conf.toJson()),
                        MultiLayerConfiguration.fromYaml(conf.toYaml())
                    }) {
                ActivationLayer layer = (ActivationLayer) read.getConf(0).getLayer();
                assertEquals(function, layer.getActivationFn());
                assertEquals(function.hashCode(), layer.getActivationFn().hashCode());
            }
        }
        assertEquals(new Swish(), new Swish(1));
        assertNotEquals(new Swish(), new Swish(1.5));
        assertNotEquals(new ScaledActivation(new Gelu(), 1), new ScaledActivation(new Gelu(), 2));
    }

    @Test
    void refusesWhatIsNotANumber() {
        assertThrows(IllegalArgumentException.class, () -> new Swish(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new Swish(Double.POSITIVE_INFINITY));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ScaledActivation(new Swish(), Double.NaN));
        assertThrows(NullPointerException.class, () -> new ScaledActivation(null, 1));
    }

    /** Values of torch.nn.functional.gelu. */
    @Test
    void geluIsExact() {
        INDArray x = array(DataType.DOUBLE, -3, -1, 0, 0.5, 2, -1e5, 1e5);
        INDArray expected =
                array(
                        DataType.DOUBLE,
                        -0.004049694095,
                        -0.158655253931,
                        0,
                        0.345731230607,
                        1.954499736104,
                        0,
                        1e5);
        new Close(1e-9, 1e-15).check("gelu", new Gelu().getActivation(x.dup(), false), expected);
    }

    /** {@code torch.nn.functional.gelu(approximate="tanh")} by its formula, and its derivative. */
    @Test
    void geluTanhIsTheFormula() {
        double[] at = {-1e30, -1e5, -40, -12, -5, -3, -1, -1e-3, 0, 0.5, 2, 7, 29, 31, 1e5, 1e30};
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            Close close = type == DataType.DOUBLE ? new Close(1e-13, 1e-15) : new Close(1e-5, 1e-6);
            INDArray x = array(type, at);
            INDArray value = array(DataType.DOUBLE, new double[at.length]);
            INDArray slope = value.dup();
            for (int i = 0; i < at.length; i++) {
                double t = Math.tanh(Math.sqrt(2 / Math.PI) * (at[i] + 0.044715 * cube(at[i])));
                double inner = 1 + 3 * 0.044715 * at[i] * at[i];
                value.putScalar(i, at[i] / 2 * (1 + t));
                // cosh^-2 by its logarithm's sign: 1 - t^2 would lose all digits
                double rest = Math.abs(t) == 1 ? 0 : (1 - t) * (1 + t);
                slope.putScalar(i, (1 + t) / 2 + at[i] / 2 * rest * Math.sqrt(2 / Math.PI) * inner);
            }
            GeluTanh gelu = new GeluTanh();
            INDArray ones = array(type, at).assign(1);
            close.check("value, " + type, gelu.getActivation(x.dup(), false), value);
            close.check("slope, " + type, gelu.backprop(x, ones).getFirst(), slope);
            // in 'f' order, too
            INDArray f = x.reshape(4, 4).dup('f');
            INDArray dx = gelu.backprop(f, ones.reshape(4, 4).dup('f')).getFirst();
            close.check("'f' order, " + type, dx.dup('c').reshape(16), slope);
            INDArray nan = array(type, Double.NaN, 1);
            assertTrue(Double.isNaN(gelu.getActivation(nan.dup(), false).getDouble(0)));
            INDArray two = array(type, 1, 1);
            assertTrue(Double.isNaN(gelu.backprop(nan, two).getFirst().getDouble(0)));
        }
    }

    private static double cube(double x) {
        return x * x * x;
    }
}
