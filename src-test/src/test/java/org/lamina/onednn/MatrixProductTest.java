package org.lamina.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.harness.Close;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Products in every order and transposition, small and large, against three loops. */
class MatrixProductTest {

    @ParameterizedTest
    @CsvSource({
        "3, 5, 4, false, false, c", "3, 5, 4, true, false, c", "3, 5, 4, false, true, c",
        "3, 5, 4, true, true, c", "3, 5, 4, false, false, f", "3, 5, 4, true, false, f",
        "3, 5, 4, false, true, f", "3, 5, 4, true, true, f", "1, 7, 6, true, false, f",
        "6, 7, 1, true, false, f", "1, 1, 1, false, false, f", "160, 170, 180, true, false, f",
        "160, 170, 180, false, false, c"
    })
    void isThreeLoops(int m, int k, int n, boolean ta, boolean tb, char order) {
        INDArray a = Nd4j.rand(DataType.FLOAT, ta ? k : m, ta ? m : k);
        INDArray b = Nd4j.rand(DataType.FLOAT, tb ? n : k, tb ? k : n);
        assumeTrue(OneDnn.serves(a), "this platform has no oneDNN");
        INDArray c = Nd4j.create(DataType.FLOAT, new long[] {m, n}, order);
        assertEquals(true, MatrixProduct.multiply(a, ta, b, tb, null, c));
        for (int i = 0; i < m; i += Math.max(1, m / 7)) {
            for (int j = 0; j < n; j += Math.max(1, n / 7)) {
                double sum = 0;
                for (int l = 0; l < k; l++) {
                    double left = ta ? a.getDouble(l, i) : a.getDouble(i, l);
                    sum += left * (tb ? b.getDouble(j, l) : b.getDouble(l, j));
                }
                assertEquals(sum, c.getDouble(i, j), 1e-5 * k, i + ", " + j);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void severalPairs(boolean ta, boolean tb) {
        INDArray a = Nd4j.rand(DataType.FLOAT, 3, ta ? 40 : 6, ta ? 6 : 40);
        INDArray b = Nd4j.rand(DataType.FLOAT, 3, tb ? 7 : 40, tb ? 40 : 7);
        assumeTrue(OneDnn.serves(a), "this platform has no oneDNN");
        INDArray c = Nd4j.create(DataType.FLOAT, 3, 6, 7);
        assertEquals(true, MatrixProduct.multiply(a, ta, b, tb, null, c));
        for (int i = 0; i < 3; i++) {
            INDArray left = ta ? a.slice(i).transpose() : a.slice(i);
            INDArray expected = left.mmul(tb ? b.slice(i).transpose() : b.slice(i));
            Close.of(DataType.FLOAT).check("pair " + i, c.slice(i), expected);
        }
    }

    /** What small work changes for the calling thread is set back. */
    @ParameterizedTest
    @CsvSource({"4", "200"})
    void threadsAreAsBefore(int size) {
        INDArray a = Nd4j.rand(DataType.FLOAT, size, size);
        assumeTrue(OneDnn.serves(a), "this platform has no oneDNN");
        var settings = org.nd4j.nativeblas.NativeOpsHolder.getInstance().getDeviceNativeOps();
        int before = settings.ompGetMaxThreads();
        MatrixProduct.multiply(a, false, a, false, null, a.ulike());
        assertEquals(before, settings.ompGetMaxThreads());
    }
}
