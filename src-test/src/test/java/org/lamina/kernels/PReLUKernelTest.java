package org.lamina.kernels;

import org.junit.jupiter.api.Test;
import org.lamina.harness.Close;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The rectifier's numbers by hand; at 0 PyTorch's derivative is the slope. */
class PReLUKernelTest {

    private static final INDArray X =
            Nd4j.createFromArray(new double[] {-2, 0, 3, -0.5, -0.0, 1e-30, -1e30, 4})
                    .reshape(1, 2, 4);
    private static final INDArray DY =
            Nd4j.createFromArray(new double[] {1, 2, 3, 4, 5, 6, 7, 8}).reshape(1, 2, 4);

    private static void check(INDArray slope, double[] y, double[] dx, double[] dSlope) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            Close close = Close.of(type);
            INDArray x = X.castTo(type);
            INDArray a = slope == null ? null : slope.castTo(type);
            INDArray output = x.ulike();
            PReLUKernel.forward(x, a, output);
            close.check("output", output, Nd4j.createFromArray(y).reshape(1, 2, 4));
            INDArray inputGradient = x.ulike();
            INDArray slopeGradient = a == null ? null : a.ulike();
            PReLUKernel.backward(x, a, DY.castTo(type), inputGradient, slopeGradient);
            close.check("dx", inputGradient, Nd4j.createFromArray(dx).reshape(1, 2, 4));
            if (a != null) {
                close.check("dSlope", slopeGradient, Nd4j.createFromArray(dSlope));
            }
        }
    }

    @Test
    void slopePerChannel() {
        check(
                Nd4j.createFromArray(new double[] {0.25, -2}),
                new double[] {-0.5, 0, 3, -0.125, 0, 1e-30, 2e30, 4},
                new double[] {0.25, 0.5, 3, 1, -10, 6, -14, 8},
                new double[] {-4, -7e30});
    }

    @Test
    void withoutSlope() {
        check(
                null,
                new double[] {0, 0, 3, 0, 0, 1e-30, 0, 4},
                new double[] {0, 0, 3, 0, 0, 6, 0, 8},
                null);
    }
}
