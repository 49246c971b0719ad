package org.lamina.samediff.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.activations.Elu;
import org.lamina.activations.Gelu;
import org.lamina.activations.GeluTanh;
import org.lamina.activations.SafeLog;
import org.lamina.activations.ScaledActivation;
import org.lamina.activations.Square;
import org.lamina.activations.Swish;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Graph activations against DL4J's own. */
class ActivationOpsTest {

    @ParameterizedTest
    @EnumSource(Activation.class)
    void equalsDl4jForwardAndBackwardOrSaysNo(Activation activation) {
        check(activation.getActivationFunction());
    }

    @Test
    void keepsParameters() {
        check(new ActivationLReLU(0.3));
        check(new Elu(0.5));
        check(new Elu(1));
        check(new Swish());
        check(new Swish(-0.7));
        check(new Gelu());
        check(new GeluTanh());
        check(new Square());
        check(new SafeLog());
        check(new SafeLog(0.5));
        check(new SafeLog(0.1, 0.5));
        check(new ScaledActivation(new Gelu(), 1.7));
        check(new ScaledActivation(new ActivationLReLU(0.3), -2));
        check(new ScaledActivation(new Elu(0.5), 2));
        // Not by ND4J's own gradient, which takes alpha for 1 here; SlopeTest has the values.
        assertTrue(ActivationOps.supports(new ActivationELU(0.5)));
        assertFalse(ActivationOps.supports(new ActivationReLU(6.0, null, null)));
    }

    /** Swish, both GELUs and Elu are numbers far from zero, forward and backward. */
    @Test
    void exactFarFromZero() {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (IActivation function :
                    new IActivation[] {
                        new Swish(), new Swish(3), new Gelu(), new GeluTanh(), new Elu(0.5)
                    }) {
                SameDiff sd = SameDiff.create();
                INDArray x = Nd4j.createFromArray(-1e5, -100.0, 100.0, 1e5).castTo(type);
                SDVariable y = ActivationOps.apply(function, sd.var("x", x.dup()));
                y.sum().markAsLoss();
                double low = function instanceof Elu ? -0.5 : 0;
                INDArray expected = Nd4j.createFromArray(low, low, 100, 1e5).castTo(type);
                assertEquals(0, expected.sub(y.eval()).amaxNumber().doubleValue(), 1e-10);
                INDArray gradient = sd.calculateGradients(Map.of(), "x").get("x");
                expected = Nd4j.createFromArray(0.0, 0, 1, 1).castTo(type);
                assertEquals(0, expected.sub(gradient).amaxNumber().doubleValue(), 1e-10);
            }
        }
    }

    private static void check(IActivation function) {
        SameDiff sd = SameDiff.create();
        INDArray x = Nd4j.linspace(-3, 3, 24, DataType.DOUBLE).reshape(4, 6);
        INDArray weights = Nd4j.rand(DataType.DOUBLE, 4, 6);
        SDVariable in = sd.var("x", x.dup());
        if (!ActivationOps.supports(function)) {
            assertThrows(IllegalArgumentException.class, () -> ActivationOps.apply(function, in));
            return;
        }
        SDVariable y = ActivationOps.apply(function, in);
        y.mul(sd.constant(weights)).sum().markAsLoss();
        INDArray expected = function.getActivation(x.dup(), false);
        INDArray gradient = function.backprop(x.dup(), weights.dup()).getFirst();
        // ND4J rounds the slope of a leaky rectifier to float, in double too.
        double tolerance = function.toString().contains("leakyrelu") ? 1e-7 : 1e-10;
        assertEquals(0, expected.sub(y.eval()).amaxNumber().doubleValue(), tolerance);
        INDArray actual = sd.calculateGradients(Map.of(), "x").get("x");
        assertEquals(0, gradient.sub(actual).amaxNumber().doubleValue(), tolerance);
    }
}
