package org.lamina.activations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.samediff.ops.ActivationOps;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A function of NaN is NaN, so that a score shows what went wrong. */
class NaNTest {

    /** As long that vectors and their remainder are both there. */
    private static final int LENGTH = 37;

    static List<IActivation> functions() {
        List<IActivation> functions = new ArrayList<>();
        Stream.of(Activation.values())
                .map(Activation::getActivationFunction)
                .forEach(functions::add);
        functions.addAll(
                List.of(
                        new ActivationReLU(4.0, null, null),
                        new ActivationReLU(4.0, null, 0.2),
                        new ActivationReLU(null, 0.5, 0.2),
                        new Elu(0.5),
                        new Gelu(),
                        new GeluTanh(),
                        new SafeLog(),
                        new Square(),
                        new Swish(1.5),
                        ScaledActivation.unitVariance(new ActivationReLU())));
        return functions;
    }

    private static INDArray input(DataType type) {
        INDArray x = Nd4j.linspace(type, -5, 10.0 / (3 * LENGTH), 3 * LENGTH);
        return x.reshape('c', 3, LENGTH);
    }

    private static void assertNaN(INDArray actual, IActivation f, long... places) {
        boolean[] expected = new boolean[(int) actual.length()];
        for (long place : places) {
            expected[(int) place] = true;
        }
        if (f instanceof ActivationSoftmax) { // a row with one is lost
            for (int i = 0; i < expected.length; i++) {
                for (long place : places) {
                    expected[i] |= i / LENGTH == place / LENGTH;
                }
            }
        }
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], Double.isNaN(actual.getDouble(i)), f + " at " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("functions")
    void staysNaN(IActivation f) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (long place : new long[] {0, 5, LENGTH, 3 * LENGTH - 1}) {
                INDArray x = input(type);
                x.putScalar(place, Double.NaN);
                INDArray y = x.ulike();
                Activations.apply(f, x, y, false);
                assertNaN(y, f, place);
                INDArray inPlace = x.dup();
                Activations.apply(f, inPlace, inPlace, false);
                assertNaN(inPlace, f, place);
                if (ActivationOps.supports(f)) {
                    SameDiff sd = SameDiff.create();
                    SDVariable in = sd.var("x", x);
                    assertNaN(ActivationOps.apply(f, in).eval(), f, place);
                }
            }
        }
    }

    /** Where the slope is not 0. */
    @ParameterizedTest
    @MethodSource("functions")
    void gradientsStayNaN(IActivation f) {
        Assumptions.assumeFalse(f.toString().startsWith("rrelu"), "has none in evaluation");
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            long place = (long) (0.7 * 3 * LENGTH); // 2, where all functions have a slope
            INDArray x = input(type);
            INDArray dy = Nd4j.ones(type, x.shape());
            dy.putScalar(place, Double.NaN);
            INDArray dx = x.ulike();
            Activations.gradient(f, x, dy, dx);
            assertNaN(dx, f, place);
        }
    }
}
