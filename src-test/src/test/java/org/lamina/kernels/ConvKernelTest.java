package org.lamina.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What random geometries do not reach. */
class ConvKernelTest {

    /**
     * A kernel so wide that the input is padded before the op: as if it had been padded by hand.
     */
    @ParameterizedTest
    @ValueSource(ints = {40, 41})
    void widePaddingIsThatOfAPaddedInput(int width) {
        ConvGeometry valid = ConvGeometry.ofKernel(1, width);
        ConvKernel same = new ConvKernel(valid.withPadding(Padding.same()));
        INDArray x = Nd4j.randn(DataType.DOUBLE, 2, 1, 3, 50);
        INDArray w = Nd4j.randn(DataType.DOUBLE, 4, 1, 1, width);
        INDArray dy = Nd4j.randn(DataType.DOUBLE, 2, 4, 3, 50);
        INDArray padded = Nd4j.zeros(DataType.DOUBLE, 2, 1, 3, 50 + width - 1);
        int before = (width - 1) / 2;
        INDArrayIndex[] inner = {
            NDArrayIndex.all(),
            NDArrayIndex.all(),
            NDArrayIndex.all(),
            NDArrayIndex.interval(before, before + 50)
        };
        padded.get(inner).assign(x);

        INDArray y = dy.ulike();
        INDArray expected = dy.ulike();
        same.forward(x, w, null, y);
        new ConvKernel(valid).forward(padded, w, null, expected);
        assertTrue(y.equalsWithEps(expected, 1e-10));

        INDArray dx = x.ulike();
        INDArray dw = w.ulike();
        INDArray dPadded = padded.ulike();
        INDArray dwExpected = w.ulike();
        same.backward(x, w, dy, dx, dw, null);
        new ConvKernel(valid).backward(padded, w, dy, dPadded, dwExpected, null);
        assertTrue(dw.equalsWithEps(dwExpected, 1e-9));
        assertTrue(dx.equalsWithEps(dPadded.get(inner), 1e-9));
        same.backward(x, w, dy, null, dw, null);
        assertTrue(dw.equalsWithEps(dwExpected, 1e-9));
    }

    /** Where oneDNN's own padding goes wrong: see {@code DepthPadding}. */
    @Test
    void paddedAndStridedDepthIsTheSameInFloatAndDouble() {
        ConvKernel kernel =
                new ConvKernel(
                        ConvGeometry.ofKernel(3, 1, 1)
                                .withStride(2, 1, 1)
                                .withPadding(Padding.of(1, 0, 0)));
        for (int i = 0; i < 10; i++) {
            INDArray x = Nd4j.rand(DataType.DOUBLE, 1, 3, 3, 3, 3);
            INDArray w = Nd4j.rand(DataType.DOUBLE, 3, 3, 3, 1, 1);
            INDArray dy = Nd4j.rand(DataType.DOUBLE, 1, 3, 2, 3, 3);
            INDArray dw = w.ulike();
            kernel.backward(x, w, dy, null, dw, null);
            INDArray dwFloat = w.castTo(DataType.FLOAT).ulike();
            kernel.backward(
                    x.castTo(DataType.FLOAT),
                    w.castTo(DataType.FLOAT),
                    dy.castTo(DataType.FLOAT),
                    null,
                    dwFloat,
                    null);
            assertTrue(dw.equalsWithEps(dwFloat.castTo(DataType.DOUBLE), 1e-4));
        }
    }
}
