package org.lamina.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Against loops: few and many channels, one row and several, windows that overlap or leave some.
 */
class AveragePoolingTest {

    @ParameterizedTest
    @CsvSource({
        "3, 1, 21, 1, 4, 4",
        "8, 1, 21, 1, 4, 4",
        "17, 1, 40, 1, 8, 3",
        "16, 1, 12, 1, 2, 5",
        "9, 6, 7, 2, 3, 2"
    })
    void equalsLoops(int channels, int height, int width, int rows, int columns, int stride) {
        AveragePooling pooling =
                new AveragePooling(new int[] {rows, columns}, new int[] {stride, stride});
        Nd4j.getRandom().setSeed(4);
        INDArray x = Nd4j.randn(DataType.FLOAT, 2, channels, height, width);
        x.putScalar(new long[] {1, 2, 0, 5}, Float.NaN);
        long[] shape = pooling.outputShape(x.shape());
        INDArray y = Nd4j.zeros(DataType.FLOAT, shape);
        assertTrue(pooling.forward(x, y));
        INDArray dy = Nd4j.randn(DataType.FLOAT, shape);
        INDArray dx = Nd4j.ones(DataType.FLOAT, x.shape());
        assertTrue(pooling.backward(dy, dx));
        double[] expected = new double[(int) x.length()];
        for (int image = 0; image < 2 * channels; image++) {
            for (int i = 0; i < shape[2]; i++) {
                for (int j = 0; j < shape[3]; j++) {
                    double sum = 0;
                    long at = (image * shape[2] + i) * shape[3] + j;
                    for (int r = i * stride; r < i * stride + rows; r++) {
                        for (int c = j * stride; c < j * stride + columns; c++) {
                            int from = (image * height + r) * width + c;
                            sum += x.data().getFloat(from);
                            expected[from] += dy.data().getFloat(at) / (rows * columns);
                        }
                    }
                    assertEquals(sum / (rows * columns), y.data().getFloat(at), 1e-5);
                }
            }
        }
        for (int k = 0; k < expected.length; k++) {
            assertEquals(expected[k], dx.data().getFloat(k), 1e-5);
        }
    }
}
