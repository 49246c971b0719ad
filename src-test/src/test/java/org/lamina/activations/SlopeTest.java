package org.lamina.activations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lamina.harness.Option.ACTIVATION;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Slopes below 0 in double, exactly, and at 0, where that from below counts as in PyTorch. */
class SlopeTest {

    private static final double A = 0.3;
    private static final double[] X = {-30, -2, -1e-3, 0, 1e-3, 3};

    private static void check(
            IActivation f,
            Form form,
            DataType type,
            DoubleUnaryOperator value,
            DoubleUnaryOperator slope) {
        LayerBuilder layer = LayerBuilder.of(form, "Nonlinearity").set(ACTIVATION, f);
        MultiLayerNetwork net = Nets.single(layer.build(), Nets.inputType(1, X.length), type);
        INDArray x = Nd4j.createFromArray(new double[][] {X}).castTo(type);
        INDArray dy = Nd4j.valueArrayOf(x.shape(), 0.7, type);
        Nets.Pass pass = Nets.pass(net, x, dy);
        double close = type == DataType.DOUBLE ? 1e-16 : 1e-7;
        for (int i = 0; i < X.length; i++) {
            String what = f + ", " + form + ", " + type + " at " + X[i];
            assertEquals(value.applyAsDouble(X[i]), pass.output().getDouble(i), close, what);
            double expected = 0.7 * slope.applyAsDouble(X[i]);
            assertEquals(expected, pass.inputGradient().getDouble(i), close, what);
        }
    }

    @Test
    void slopesBelowZeroAreExact() {
        for (Form form : Form.values()) {
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                for (IActivation elu : List.of(new Elu(A), new ActivationELU(A))) {
                    check(
                            elu,
                            form,
                            type,
                            x -> x > 0 ? x : A * Math.expm1(x),
                            x -> x > 0 ? 1 : A * Math.exp(x));
                }
                for (IActivation leaky :
                        List.of(new ActivationLReLU(A), new ActivationReLU(null, null, A))) {
                    if (form == Form.NATIVE || leaky instanceof ActivationLReLU) {
                        check(leaky, form, type, x -> x > 0 ? x : A * x, x -> x > 0 ? 1 : A);
                    }
                }
            }
        }
    }
}
