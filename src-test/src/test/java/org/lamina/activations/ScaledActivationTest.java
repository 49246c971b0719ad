package org.lamina.activations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ScaledActivationTest {

    static Stream<IActivation> known() {
        return Stream.of(
                new ActivationIdentity(),
                new ActivationELU(),
                new Elu(1),
                new Gelu(),
                new GeluTanh(),
                new ActivationLReLU(0.01),
                new ActivationReLU(),
                new ActivationReLU6(),
                new ActivationSELU(),
                new ActivationSigmoid(),
                new ActivationSwish(),
                new Swish(),
                new ActivationSoftPlus(),
                new ActivationSoftSign(),
                new ActivationTanH());
    }

    /** The variance under the standard normal density, by the trapezoidal rule. */
    @ParameterizedTest
    @MethodSource("known")
    void varianceIsOne(IActivation function) {
        INDArray x = Nd4j.linspace(-9, 9, 18_001, DataType.DOUBLE);
        INDArray y = ScaledActivation.unitVariance(function).getActivation(x.dup(), false);
        double mean = 0;
        double square = 0;
        for (int i = 0; i < x.length(); i++) {
            double at = x.getDouble(i);
            double mass = 1e-3 * Math.exp(-at * at / 2) / Math.sqrt(2 * Math.PI);
            mean += mass * y.getDouble(i);
            square += mass * y.getDouble(i) * y.getDouble(i);
        }
        assertEquals(1, square - mean * mean, 5e-3);
    }

    @Test
    void saysWhatItDoesNotKnow() {
        for (IActivation function :
                new IActivation[] {
                    new ActivationCube(),
                    new Swish(2),
                    new Elu(0.5),
                    new ActivationLReLU(0.3),
                    new ActivationReLU(6.0, null, null)
                }) {
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> ScaledActivation.unitVariance(function))
                            .getMessage();
            assertTrue(message.contains("" + function), message);
            assertTrue(message.contains("gelu, "), message);
        }
    }

    /** The identity gives the caller's gradient back, which is not ours to scale. */
    @Test
    void identityLeavesTheGradientAlone() {
        INDArray epsilon = Nd4j.createFromArray(1.0, 2.0);
        INDArray gradient =
                new ScaledActivation(new ActivationIdentity(), 3)
                        .backprop(Nd4j.createFromArray(5.0, 6.0), epsilon)
                        .getFirst();
        assertEquals(Nd4j.createFromArray(3.0, 6.0), gradient);
        assertEquals(Nd4j.createFromArray(1.0, 2.0), epsilon);
    }

    /** Bit for bit, into a new array and into that of the input. */
    @Test
    void reluTimesAConstant() {
        Random random = new Random(5);
        for (double gamma : new double[] {1.7139588594436646, -0.5, 1}) {
            ScaledActivation function = new ScaledActivation(new ActivationReLU(), gamma);
            for (int length : new int[] {1, 7, 16, 1000, 65_537}) {
                float[] x = new float[length];
                float[] dy = new float[length];
                float[] y = new float[length];
                float[] dx = new float[length];
                for (int i = 0; i < length; i++) {
                    boolean nan = i > 2 && random.nextInt(20) == 0;
                    x[i] = nan ? Float.NaN : random.nextInt(9) == 0 ? 0 : draw(random);
                    dy[i] = random.nextInt(20) == 0 ? Float.POSITIVE_INFINITY : draw(random);
                    y[i] = x[i] <= 0 ? 0 : x[i] * (float) gamma;
                    dx[i] = (x[i] <= 0 ? 0 : (float) gamma) * dy[i]; // as in PyTorch
                }
                INDArray in = Nd4j.createFromArray(x);
                INDArray out = in.ulike();
                Activations.apply(function, in, out, true);
                assertSame(y, out);
                Activations.gradient(function, in, Nd4j.createFromArray(dy), out);
                assertSame(dx, out);
                INDArray kept = in.dup();
                Activations.apply(function, in, in, true);
                assertSame(y, in);
                Activations.gradient(function, kept, Nd4j.createFromArray(dy), kept);
                assertSame(dx, kept);
            }
        }
    }

    private static float draw(Random random) {
        return (float) (random.nextGaussian() * Math.pow(10, random.nextInt(8) - 4));
    }

    /** 0 is -0. */
    private static void assertSame(float[] expected, INDArray actual) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i] + 0f, actual.getFloat(i) + 0f, "at " + i);
        }
    }
}
