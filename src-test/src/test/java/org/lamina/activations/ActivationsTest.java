package org.lamina.activations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Functions from array to array, against formulas and finite differences of them. */
class ActivationsTest {

    private interface Formula {
        double of(double x);
    }

    static Stream<Arguments> functions() {
        return Stream.of(
                row(new Elu(0.7), x -> x > 0 ? x : 0.7 * Math.expm1(x)),
                row(new Swish(1.3), x -> x / (1 + Math.exp(-1.3 * x))),
                row(Activation.SWISH.getActivationFunction(), x -> x / (1 + Math.exp(-x))),
                row(new ActivationReLU(), x -> Math.max(x, 0)),
                row(new ActivationReLU(1.0, null, 0.1), x -> Math.min(1, x > 0 ? x : 0.1 * x)),
                row(Activation.TANH.getActivationFunction(), Math::tanh),
                row(Activation.SIGMOID.getActivationFunction(), x -> 1 / (1 + Math.exp(-x))),
                row(Activation.CUBE.getActivationFunction(), x -> x * x * x),
                row(Activation.IDENTITY.getActivationFunction(), x -> x),
                row(
                        ScaledActivation.unitVariance(new ActivationReLU()),
                        x -> 1.7139588594436646 * Math.max(x, 0)),
                row(
                        new ScaledActivation(new ScaledActivation(new Swish(), 2), -0.5),
                        x -> -x / (1 + Math.exp(-x))));
    }

    private static Arguments row(IActivation function, Formula formula) {
        return Arguments.of(function, formula);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("functions")
    void isTheFormulaAndItsSlope(IActivation f, Formula formula) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            // neither at 0 nor at 1, where some have corners; 'f' order and a view as well
            INDArray c = Nd4j.linspace(-3.05, 3.05, 62, DataType.DOUBLE).reshape(2, 31);
            INDArray[] inputs = {c.castTo(type), c.castTo(type).dup('f'), views(c.castTo(type))};
            for (INDArray x : inputs) {
                check(f, formula, x);
            }
        }
    }

    private static INDArray views(INDArray x) {
        INDArray wide = Nd4j.create(x.dataType(), 2, 40);
        INDArray view =
                wide.get(
                        org.nd4j.linalg.indexing.NDArrayIndex.all(),
                        org.nd4j.linalg.indexing.NDArrayIndex.interval(3, 34));
        return view.assign(x);
    }

    private static void check(IActivation f, Formula formula, INDArray x) {
        INDArray before = x.dup();
        INDArray dy = Nd4j.linspace(1, 2, 62, DataType.DOUBLE).castTo(x.dataType()).reshape(2, 31);
        INDArray dyBefore = dy.dup();
        INDArray y = Nd4j.create(x.dataType(), new long[] {2, 31}, 'c');
        INDArray dx = Nd4j.create(x.dataType(), new long[] {2, 31}, 'c');
        Activations.apply(f, x, y, true);
        Activations.gradient(f, x, dy, dx);
        assertEquals(before, x, "the input is left alone");
        assertEquals(dyBefore, dy, "the gradient is left alone");
        INDArray over = x.dup();
        Activations.apply(f, over, over, true);
        double h = 1e-5;
        for (long i = 0; i < 2; i++) {
            for (long j = 0; j < 31; j++) {
                double v = x.getDouble(i, j);
                double slope = (formula.of(v + h) - formula.of(v - h)) / (2 * h);
                assertEquals(formula.of(v), y.getDouble(i, j), 2e-6 * 30, "f(" + v + ")");
                assertEquals(y.getDouble(i, j), over.getDouble(i, j), 1e-6, "in place");
                double expected = slope * dy.getDouble(i, j);
                assertEquals(expected, dx.getDouble(i, j), 1e-4, "f'(" + v + ")");
            }
        }
    }
}
